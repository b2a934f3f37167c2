//! Servers that a library composes of a manifest (Glue for hapi): the plugins that it lists, by name, by file or as values.

use super::super::machine::Machine;
use super::super::value::{Args, Map, Spot, Value};
use crate::code::resolve::{folder_of, join_paths};

/// What makes the server.
const SERVER: &str = "@hapi/hapi.server";
/// What a manifest that is not known comes to.
const UNKNOWN: &str = "what the manifest lists is not known";

impl Machine<'_> {
    /// Composes a server; none where the function is not one that does.
    pub(in crate::code::eval) fn composed_server(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Value> {
        if !matches!(path, "glue.compose" | "@hapi/glue.compose" | "@hapi/glue.default.compose") {
            return None;
        }
        let server = self.call(&Value::from_path(SERVER), Args::default(), spot);
        let scope = self.modules[spot.module.0].scope.clone();
        let base = match args.at(1) {
            Value::Map(options) => options.named("relativeTo").and_then(|base| base.as_whole_text()),
            _ => None,
        };
        let base = base.unwrap_or_else(|| format!("/{}", folder_of(self.file(spot))).into());
        for one in self.registrations(&args.at(0), spot) {
            let one = match self.force(one) {
                Value::Map(map) => map,
                other => {
                    let map = Map::default();
                    map.put("plugin", other);
                    std::rc::Rc::new(map)
                }
            };
            let inner = one.named("plugin").map_or(Value::Undefined, |inner| self.force(inner));
            let (plugin, within) = match &inner {
                Value::Map(map) if map.named("register").is_some_and(|it| !it.is_callable()) => {
                    (map.named("register").unwrap_or(Value::Undefined), map.named("options"))
                }
                _ => (inner, None),
            };
            let plugin = match self.force(plugin) {
                Value::Str(name) if name.starts_with('.') => self.required(&join_paths(&[&base, &name]), &scope),
                Value::Str(name) => self.required(&name, &scope),
                other => other,
            };
            // The routes' prefix stands beside the plugin, or among the options of the registration.
            let given = one.named("options").map_or(Value::Undefined, |given| self.force(given));
            let routes = match &given {
                Value::Map(map) if map.named("routes").is_some() => map.named("routes"),
                _ => one.named("routes"),
            };
            let described = Map::default();
            described.put("plugin", plugin);
            described.put("options", within.unwrap_or(given));
            described.put("routes", routes.unwrap_or(Value::Undefined));
            let described = Value::Map(std::rc::Rc::new(described));
            self.call_member(&server, &"register".into(), Args::of(vec![described]), &scope, spot);
        }
        self.call_member(&server, &"start".into(), Args::default(), &scope, spot);
        if let Some(callback) = args.list.last().filter(|last| last.is_callable()) {
            self.call(&callback.clone(), Args::of(vec![Value::Null, server.clone()]), spot);
        }
        Some(server)
    }

    /// What a manifest says is registered.
    fn registrations(&mut self, manifest: &Value, spot: Spot) -> Vec<Value> {
        let Value::Map(manifest) = self.force(manifest.clone()) else {
            self.note(spot, UNKNOWN);
            return Vec::new();
        };
        let plugins = match manifest.named("register").map(|register| self.force(register)) {
            Some(Value::Map(register)) => register.named("plugins"),
            Some(list @ Value::List(_)) => Some(list),
            _ => manifest.named("registrations").or_else(|| manifest.named("plugins")),
        };
        match plugins.map(|plugins| self.force(plugins)) {
            Some(Value::List(list)) => {
                if list.partial.get() {
                    self.note(spot, UNKNOWN);
                }
                list.items.borrow().clone()
            }
            Some(Value::Map(named)) => {
                let one = |(name, options): (Value, Value)| {
                    Value::map(vec![(Value::text("plugin"), name), (Value::text("options"), options)])
                };
                named.pairs().into_iter().map(one).collect()
            }
            None => Vec::new(),
            Some(_) => {
                self.note(spot, UNKNOWN);
                Vec::new()
            }
        }
    }
}
