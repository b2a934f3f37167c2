//! Library models: what calling a library does to model objects, as data under `rules/`. They are read once, strictly,
//! and checked as they are read. This knows the vocabulary; what a word does is the evaluator's.

mod actions;
mod annotations;
mod computing;
mod contract;
mod controls;
mod files;
mod homes;
mod injection;
mod layers;
mod load;
mod marks;
mod path;
mod reads;
mod trees;
mod usual;
mod views;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, OnceLock};

use aho_corasick::AhoCorasick;

use super::form::{Language, MacroRules, Name};
pub(crate) use actions::{
    Action, AutoloadWord, BuildWord, HandWord, IncludeWord, JoinWord, LibraryWord, MakeWord, MountWord, PluginWord,
    ResourceWord, RouteWord, RpcWord, WrapWord,
};
pub(crate) use annotations::{
    Alone, AnnotationModel, ConfigurationModel, LibraryModel, LibraryRoute, ListingModel, PrefixModel,
};
pub(crate) use computing::Computes;
pub(crate) use contract::{ConfiguredWord, ContractWord, PagesWord};
pub(crate) use controls::{ActionsWord, By, ControlsWord, HandedWord};
pub(crate) use files::{BesidesWord, ContentsWord, FilesWord, FlatWord};
pub(crate) use injection::{BindsWord, ContainerWord, Gives, InstallsWord, NotesWord, ResolvesWord};
pub(crate) use layers::{FilledWord, LayersWord, SourceWord};
pub(crate) use marks::{DescribesWord, HeldWord, MapsWord, MarkWord, NamespaceWord, SetWord};
pub(crate) use path::{Join, Syntax, put_together, spell, tidy};
pub(crate) use reads::{AskWord, EnvWord, FieldsWord, KeysWord, SettingsWord, SupplyWord, TagsWord};
pub(crate) use trees::{CompilesWord, PlacesWord, TreeWord};
pub(crate) use usual::{ChooseWord, RowsWord};
pub(crate) use views::{ExpandsWord, ExposesWord, PatternsWord, PublishesWord, RootWord, ViewWord};
pub(crate) use words::{
    BroughtModel, ClassModel, ClientWord, DeriveModel, FrontWord, GatewayWord, ObjectModel, RunWord, Settings,
    SettingsModel, StoreModel, TableModel,
};

/// Every built-in model file: its name and its text.
pub(crate) const FILES: &[(&str, &str)] = &[
    ("frameworks/express.yaml", include_str!("../../../rules/frameworks/express.yaml")),
    ("frameworks/fastify.yaml", include_str!("../../../rules/frameworks/fastify.yaml")),
    ("frameworks/fastify-decorators.yaml", include_str!("../../../rules/frameworks/fastify-decorators.yaml")),
    ("frameworks/nestjs.yaml", include_str!("../../../rules/frameworks/nestjs.yaml")),
    ("frameworks/koa.yaml", include_str!("../../../rules/frameworks/koa.yaml")),
    ("frameworks/hono.yaml", include_str!("../../../rules/frameworks/hono.yaml")),
    ("frameworks/trpc.yaml", include_str!("../../../rules/frameworks/trpc.yaml")),
    ("frameworks/nextjs.yaml", include_str!("../../../rules/frameworks/nextjs.yaml")),
    ("frameworks/hapi.yaml", include_str!("../../../rules/frameworks/hapi.yaml")),
    ("frameworks/restify.yaml", include_str!("../../../rules/frameworks/restify.yaml")),
    ("frameworks/elysia.yaml", include_str!("../../../rules/frameworks/elysia.yaml")),
    ("frameworks/routing-controllers.yaml", include_str!("../../../rules/frameworks/routing-controllers.yaml")),
    ("frameworks/adonisjs.yaml", include_str!("../../../rules/frameworks/adonisjs.yaml")),
    ("frameworks/astro.yaml", include_str!("../../../rules/frameworks/astro.yaml")),
    ("frameworks/awilix-router.yaml", include_str!("../../../rules/frameworks/awilix-router.yaml")),
    ("frameworks/egg.yaml", include_str!("../../../rules/frameworks/egg.yaml")),
    ("frameworks/honox.yaml", include_str!("../../../rules/frameworks/honox.yaml")),
    ("frameworks/inversify-express-utils.yaml", include_str!("../../../rules/frameworks/inversify-express-utils.yaml")),
    ("frameworks/itty-router.yaml", include_str!("../../../rules/frameworks/itty-router.yaml")),
    ("frameworks/koa-swagger-decorator.yaml", include_str!("../../../rules/frameworks/koa-swagger-decorator.yaml")),
    ("frameworks/loopback.yaml", include_str!("../../../rules/frameworks/loopback.yaml")),
    ("frameworks/midway.yaml", include_str!("../../../rules/frameworks/midway.yaml")),
    ("frameworks/nitro.yaml", include_str!("../../../rules/frameworks/nitro.yaml")),
    ("frameworks/overnightjs.yaml", include_str!("../../../rules/frameworks/overnightjs.yaml")),
    ("frameworks/polka.yaml", include_str!("../../../rules/frameworks/polka.yaml")),
    ("frameworks/remix.yaml", include_str!("../../../rules/frameworks/remix.yaml")),
    ("frameworks/sveltekit.yaml", include_str!("../../../rules/frameworks/sveltekit.yaml")),
    ("frameworks/tsed.yaml", include_str!("../../../rules/frameworks/tsed.yaml")),
    ("frameworks/tsoa.yaml", include_str!("../../../rules/frameworks/tsoa.yaml")),
    ("frameworks/ts-rest.yaml", include_str!("../../../rules/frameworks/ts-rest.yaml")),
    ("frameworks/struts.yaml", include_str!("../../../rules/frameworks/struts.yaml")),
    ("frameworks/jfinal.yaml", include_str!("../../../rules/frameworks/jfinal.yaml")),
    ("frameworks/strapi.yaml", include_str!("../../../rules/frameworks/strapi.yaml")),
    ("frameworks/sails.yaml", include_str!("../../../rules/frameworks/sails.yaml")),
    ("frameworks/moleculer.yaml", include_str!("../../../rules/frameworks/moleculer.yaml")),
    ("frameworks/feathers.yaml", include_str!("../../../rules/frameworks/feathers.yaml")),
    ("frameworks/javascript-containers.yaml", include_str!("../../../rules/frameworks/javascript-containers.yaml")),
    ("frameworks/javascript-collections.yaml", include_str!("../../../rules/frameworks/javascript-collections.yaml")),
    ("frameworks/javascript-texts.yaml", include_str!("../../../rules/frameworks/javascript-texts.yaml")),
    ("frameworks/openapi-contracts.yaml", include_str!("../../../rules/frameworks/openapi-contracts.yaml")),
    ("frameworks/javascript-graphql.yaml", include_str!("../../../rules/frameworks/javascript-graphql.yaml")),
    ("frameworks/javascript-libraries.yaml", include_str!("../../../rules/frameworks/javascript-libraries.yaml")),
    ("frameworks/fastapi.yaml", include_str!("../../../rules/frameworks/fastapi.yaml")),
    ("frameworks/flask.yaml", include_str!("../../../rules/frameworks/flask.yaml")),
    ("frameworks/net-http.yaml", include_str!("../../../rules/frameworks/net-http.yaml")),
    ("frameworks/gin.yaml", include_str!("../../../rules/frameworks/gin.yaml")),
    ("frameworks/echo.yaml", include_str!("../../../rules/frameworks/echo.yaml")),
    ("frameworks/fiber.yaml", include_str!("../../../rules/frameworks/fiber.yaml")),
    ("frameworks/chi.yaml", include_str!("../../../rules/frameworks/chi.yaml")),
    ("frameworks/gorilla-mux.yaml", include_str!("../../../rules/frameworks/gorilla-mux.yaml")),
    ("frameworks/go-library-routes.yaml", include_str!("../../../rules/frameworks/go-library-routes.yaml")),
    ("frameworks/grpc.yaml", include_str!("../../../rules/frameworks/grpc.yaml")),
    ("frameworks/hertz.yaml", include_str!("../../../rules/frameworks/hertz.yaml")),
    ("frameworks/huma.yaml", include_str!("../../../rules/frameworks/huma.yaml")),
    ("frameworks/grpc-gateway.yaml", include_str!("../../../rules/frameworks/grpc-gateway.yaml")),
    ("frameworks/httprouter.yaml", include_str!("../../../rules/frameworks/httprouter.yaml")),
    ("frameworks/axum.yaml", include_str!("../../../rules/frameworks/axum.yaml")),
    ("frameworks/actix-web.yaml", include_str!("../../../rules/frameworks/actix-web.yaml")),
    ("frameworks/utoipa-ui.yaml", include_str!("../../../rules/frameworks/utoipa-ui.yaml")),
    ("frameworks/warp.yaml", include_str!("../../../rules/frameworks/warp.yaml")),
    ("frameworks/rocket.yaml", include_str!("../../../rules/frameworks/rocket.yaml")),
    ("frameworks/salvo.yaml", include_str!("../../../rules/frameworks/salvo.yaml")),
    ("frameworks/poem.yaml", include_str!("../../../rules/frameworks/poem.yaml")),
    ("frameworks/javalin.yaml", include_str!("../../../rules/frameworks/javalin.yaml")),
    ("frameworks/ktor.yaml", include_str!("../../../rules/frameworks/ktor.yaml")),
    ("frameworks/jooby.yaml", include_str!("../../../rules/frameworks/jooby.yaml")),
    ("frameworks/armeria.yaml", include_str!("../../../rules/frameworks/armeria.yaml")),
    ("frameworks/ratpack.yaml", include_str!("../../../rules/frameworks/ratpack.yaml")),
    ("frameworks/undertow.yaml", include_str!("../../../rules/frameworks/undertow.yaml")),
    ("frameworks/jdk-httpserver.yaml", include_str!("../../../rules/frameworks/jdk-httpserver.yaml")),
    ("frameworks/spark.yaml", include_str!("../../../rules/frameworks/spark.yaml")),
    ("frameworks/embedded-servers.yaml", include_str!("../../../rules/frameworks/embedded-servers.yaml")),
    ("frameworks/dropwizard.yaml", include_str!("../../../rules/frameworks/dropwizard.yaml")),
    ("frameworks/helidon.yaml", include_str!("../../../rules/frameworks/helidon.yaml")),
    ("frameworks/servlet.yaml", include_str!("../../../rules/frameworks/servlet.yaml")),
    ("frameworks/jaxrs.yaml", include_str!("../../../rules/frameworks/jaxrs.yaml")),
    ("frameworks/quarkus-routes.yaml", include_str!("../../../rules/frameworks/quarkus-routes.yaml")),
    ("frameworks/micronaut.yaml", include_str!("../../../rules/frameworks/micronaut.yaml")),
    ("frameworks/spring.yaml", include_str!("../../../rules/frameworks/spring.yaml")),
    ("frameworks/starlette.yaml", include_str!("../../../rules/frameworks/starlette.yaml")),
    ("frameworks/django.yaml", include_str!("../../../rules/frameworks/django.yaml")),
    ("frameworks/django-ninja.yaml", include_str!("../../../rules/frameworks/django-ninja.yaml")),
    ("frameworks/django-libraries.yaml", include_str!("../../../rules/frameworks/django-libraries.yaml")),
    ("frameworks/aiohttp.yaml", include_str!("../../../rules/frameworks/aiohttp.yaml")),
    ("frameworks/sanic.yaml", include_str!("../../../rules/frameworks/sanic.yaml")),
    ("frameworks/tornado.yaml", include_str!("../../../rules/frameworks/tornado.yaml")),
    ("frameworks/python-libraries.yaml", include_str!("../../../rules/frameworks/python-libraries.yaml")),
    ("frameworks/kotlin-containers.yaml", include_str!("../../../rules/frameworks/kotlin-containers.yaml")),
    ("frameworks/guice.yaml", include_str!("../../../rules/frameworks/guice.yaml")),
    ("frameworks/dagger.yaml", include_str!("../../../rules/frameworks/dagger.yaml")),
    ("frameworks/kotlin-libraries.yaml", include_str!("../../../rules/frameworks/kotlin-libraries.yaml")),
    ("frameworks/aws-lambda.yaml", include_str!("../../../rules/frameworks/aws-lambda.yaml")),
    ("frameworks/go-collections.yaml", include_str!("../../../rules/frameworks/go-collections.yaml")),
    ("frameworks/go-injection.yaml", include_str!("../../../rules/frameworks/go-injection.yaml")),
    ("frameworks/iris.yaml", include_str!("../../../rules/frameworks/iris.yaml")),
    ("frameworks/go-zero.yaml", include_str!("../../../rules/frameworks/go-zero.yaml")),
    ("frameworks/beego.yaml", include_str!("../../../rules/frameworks/beego.yaml")),
    ("frameworks/poem-openapi.yaml", include_str!("../../../rules/frameworks/poem-openapi.yaml")),
    ("frameworks/ntex.yaml", include_str!("../../../rules/frameworks/ntex.yaml")),
    ("frameworks/tide.yaml", include_str!("../../../rules/frameworks/tide.yaml")),
    ("frameworks/gotham.yaml", include_str!("../../../rules/frameworks/gotham.yaml")),
    ("frameworks/dropshot.yaml", include_str!("../../../rules/frameworks/dropshot.yaml")),
    ("frameworks/viz.yaml", include_str!("../../../rules/frameworks/viz.yaml")),
    ("frameworks/loco.yaml", include_str!("../../../rules/frameworks/loco.yaml")),
    ("frameworks/vertx.yaml", include_str!("../../../rules/frameworks/vertx.yaml")),
    ("frameworks/http4k.yaml", include_str!("../../../rules/frameworks/http4k.yaml")),
    ("frameworks/oak.yaml", include_str!("../../../rules/frameworks/oak.yaml")),
    ("frameworks/hyper-express.yaml", include_str!("../../../rules/frameworks/hyper-express.yaml")),
    ("frameworks/chalice.yaml", include_str!("../../../rules/frameworks/chalice.yaml")),
    ("frameworks/azure-functions.yaml", include_str!("../../../rules/frameworks/azure-functions.yaml")),
    ("frameworks/robyn.yaml", include_str!("../../../rules/frameworks/robyn.yaml")),
    ("frameworks/go-restful.yaml", include_str!("../../../rules/frameworks/go-restful.yaml")),
    ("frameworks/rust-servers.yaml", include_str!("../../../rules/frameworks/rust-servers.yaml")),
    ("frameworks/kratos.yaml", include_str!("../../../rules/frameworks/kratos.yaml")),
    ("frameworks/goframe.yaml", include_str!("../../../rules/frameworks/goframe.yaml")),
    ("frameworks/martini.yaml", include_str!("../../../rules/frameworks/martini.yaml")),
    ("frameworks/go-routers.yaml", include_str!("../../../rules/frameworks/go-routers.yaml")),
    ("frameworks/go-servers.yaml", include_str!("../../../rules/frameworks/go-servers.yaml")),
    ("frameworks/bun.yaml", include_str!("../../../rules/frameworks/bun.yaml")),
    ("frameworks/falcon.yaml", include_str!("../../../rules/frameworks/falcon.yaml")),
    ("frameworks/bottle.yaml", include_str!("../../../rules/frameworks/bottle.yaml")),
    ("frameworks/pyramid.yaml", include_str!("../../../rules/frameworks/pyramid.yaml")),
    ("frameworks/cherrypy.yaml", include_str!("../../../rules/frameworks/cherrypy.yaml")),
    ("frameworks/turbogears.yaml", include_str!("../../../rules/frameworks/turbogears.yaml")),
    ("frameworks/pylons.yaml", include_str!("../../../rules/frameworks/pylons.yaml")),
    ("frameworks/webapp2.yaml", include_str!("../../../rules/frameworks/webapp2.yaml")),
    ("frameworks/blacksheep.yaml", include_str!("../../../rules/frameworks/blacksheep.yaml")),
    ("frameworks/hug.yaml", include_str!("../../../rules/frameworks/hug.yaml")),
    ("frameworks/klein.yaml", include_str!("../../../rules/frameworks/klein.yaml")),
    ("frameworks/reactor-netty.yaml", include_str!("../../../rules/frameworks/reactor-netty.yaml")),
    ("frameworks/responder.yaml", include_str!("../../../rules/frameworks/responder.yaml")),
    ("frameworks/nameko.yaml", include_str!("../../../rules/frameworks/nameko.yaml")),
    ("frameworks/werkzeug.yaml", include_str!("../../../rules/frameworks/werkzeug.yaml")),
    ("frameworks/webpy.yaml", include_str!("../../../rules/frameworks/webpy.yaml")),
    ("frameworks/litestar.yaml", include_str!("../../../rules/frameworks/litestar.yaml")),
    ("env/javascript.yaml", include_str!("../../../rules/env/javascript.yaml")),
    ("env/python.yaml", include_str!("../../../rules/env/python.yaml")),
    ("env/java.yaml", include_str!("../../../rules/env/java.yaml")),
    ("env/go.yaml", include_str!("../../../rules/env/go.yaml")),
    ("env/rust.yaml", include_str!("../../../rules/env/rust.yaml")),
];

/// What joins the words of a token all of which a file must hold.
pub(crate) const TOGETHER: &str = " & ";

/// What a file must hold to matter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Token {
    /// The language of the files.
    pub(crate) language: Language,
    /// The word; several between [`TOGETHER`].
    pub(crate) words: String,
    /// The framework whose library it names; none where it is about the environment.
    pub(crate) framework: Option<String>,
}

/// All models, by the names that code reaches them by.
#[derive(Debug, Default)]
pub(crate) struct Models {
    /// What makes an object when it is called or constructed: the path and the object.
    pub(crate) makers: BTreeMap<String, &'static ObjectModel>,
    /// The static types of functions that get an object first.
    pub(crate) given_to: BTreeMap<String, &'static ObjectModel>,
    /// The static types of objects.
    pub(crate) types: BTreeMap<String, &'static ObjectModel>,
    /// Objects by `file.name`.
    pub(crate) objects: BTreeMap<String, &'static ObjectModel>,
    /// Functions.
    pub(crate) functions: BTreeMap<String, &'static Action>,
    /// Macros by example.
    pub(crate) macros: BTreeMap<String, Arc<MacroRules>>,
    /// Places where the environment is read by member.
    pub(crate) sources: BTreeMap<String, Vec<String>>,
    /// Paths that lead to what whoever starts the program may say.
    pub(crate) options: BTreeSet<String>,
    /// What library classes contribute to their subclasses.
    pub(crate) classes: BTreeMap<String, &'static ClassModel>,
    /// Types whose fields are read from the environment because of what they derive.
    pub(crate) derives: Vec<&'static DeriveModel>,
    /// Files that are routes by their place, and the object that they are registered on.
    pub(crate) files: Vec<(&'static FilesWord, &'static ObjectModel)>,
    /// What answers with files.
    pub(crate) assets: BTreeSet<String>,
    /// Functions that every file has and that load by name, by what stands before such names here.
    pub(crate) loaders: BTreeMap<String, String>,
    /// Libraries that are generated of schemas.
    pub(crate) clients: Vec<&'static ClientWord>,
    /// Services that maps describe, and the object that a gateway's routes stand on.
    pub(crate) gateways: Vec<(&'static GatewayWord, &'static ObjectModel)>,
    /// Folders each of which is an API, and the object that their routes stand on.
    pub(crate) contents: Vec<(&'static ContentsWord, &'static ObjectModel)>,
    /// Settings of packages that list what is mounted, and the object that it is mounted on.
    pub(crate) configured: Vec<(&'static ConfiguredWord, &'static ObjectModel)>,
    /// Commands that serve a file's default export, and the object that it is called with.
    pub(crate) runs: Vec<(&'static RunWord, &'static ObjectModel)>,
    /// What annotations mean.
    pub(crate) annotations: BTreeMap<String, &'static AnnotationModel>,
    /// Packages of library types that bring no routes to those who inherit from them.
    pub(crate) inert: Vec<String>,
    /// Types whose handlers pass requests on or answer with files.
    pub(crate) passing: BTreeSet<String>,
    /// What makes answers that refuse a request.
    pub(crate) refusing: BTreeSet<String>,
    /// Settings that stand before every route of a module.
    pub(crate) prefixes: Vec<&'static PrefixModel>,
    /// How libraries give programs what files of settings say.
    pub(crate) configurations: Vec<ConfigurationModel>,
    /// Programs that say themselves which classes they register.
    pub(crate) listings: Vec<ListingModel>,
    /// Libraries that register routes of their own.
    pub(crate) libraries: Vec<&'static LibraryModel>,
    /// What a file must hold, one of them, to matter.
    pub(crate) tokens: BTreeSet<Token>,
    /// Constants of libraries.
    pub(crate) constants: BTreeMap<String, String>,
    /// Functions of any package, by a pattern of their path.
    pub(crate) calls: Vec<(String, &'static Action)>,
    /// What importing a package does.
    pub(crate) imports: BTreeMap<String, &'static Action>,
    /// Objects that libraries hold for all.
    pub(crate) shared: BTreeMap<String, &'static ObjectModel>,
    /// Modules of settings, and the object that serves what they name.
    pub(crate) settings: Vec<(&'static SettingsModel, &'static ObjectModel)>,
    /// Folders whose files are what packages give.
    pub(crate) stores: Vec<&'static StoreModel>,
    /// Tables of classes by `file.name`.
    pub(crate) tables: BTreeMap<String, &'static TableModel>,
    /// What libraries bring where they are mounted.
    pub(crate) brings: BTreeMap<String, &'static BroughtModel>,
    /// Members that serve what they get, and the framework whose objects those are.
    pub(crate) serving: BTreeMap<String, String>,
    /// The last names of functions that extend types.
    pub(crate) extensions: BTreeSet<String>,
    /// What texts have as members, by the functions of libraries that are meant.
    pub(crate) texts: BTreeMap<String, String>,
    /// The words that hint that a function makes or takes a router.
    pub(crate) hints: Vec<String>,
    /// The same, to be looked for all at once.
    hinted: OnceLock<Option<AhoCorasick>>,
    /// What makers, functions and types are called, by the language of the code that may mean them.
    pub(crate) named: BTreeSet<(Language, String)>,
}

impl Models {
    /// Whether code of a language may mean a model by a path, or by what is under it: `config` is a library in JavaScript, and any
    /// project's own module in Python.
    pub(crate) fn speaks_of(&self, language: Language, path: &str) -> bool {
        let dotted = (language, format!("{path}."));
        self.named.contains(&(language, path.to_owned()))
            || self
                .named
                .range(&dotted..)
                .next()
                .is_some_and(|(of, name)| *of == language && name.starts_with(&dotted.1))
    }

    /// Whether a crate of a name is a framework that is described here, or a part of one: a copy of its source in a repository is
    /// none of the project's code. Names that any project gives its own crates (`router`, `config`) are none.
    pub(crate) fn is_crate(&self, name: &str) -> bool {
        let of = |object: &&'static ObjectModel| {
            let framework = object.framework().replace('-', "_");
            let rest = name.strip_prefix(framework.as_str()).filter(|_| !framework.is_empty());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        };
        self.speaks_of(Language::Rust, name) && self.objects.values().any(of)
    }

    /// Whether a path leads to what whoever starts the program may say.
    pub(crate) fn is_option(&self, path: &str) -> bool {
        let ends = path.match_indices(['.', '(', '[']).map(|(at, _)| at).chain([path.len()]);
        ends.into_iter().any(|end| self.options.contains(&path[..end]))
    }

    /// The names right below a path that models speak of: what a star brings of a library.
    pub(crate) fn names_in(&self, path: &str) -> BTreeSet<Name> {
        let within = format!("{path}.");
        let below = |name: &str| {
            let rest = name.strip_prefix(&within)?;
            Some(rest.split('.').next().unwrap_or(rest).into())
        };
        let made = self.makers.keys().filter_map(|name| below(name));
        let called = self.functions.keys().filter_map(|name| below(name));
        let held = self.shared.keys().filter_map(|name| below(name));
        let classes = self.classes.keys().filter_map(|name| below(name));
        made.chain(called).chain(held).chain(classes).collect()
    }

    /// Whether a model speaks of a full name.
    pub(crate) fn knows(&self, full: &str) -> bool {
        self.annotations.contains_key(full)
            || self.makers.contains_key(full)
            || self.types.contains_key(full)
            || self.functions.contains_key(full)
            || self.classes.contains_key(full)
            || self.shared.contains_key(full)
            || self.constants.contains_key(full)
            || self.passing.contains(full)
            || self.refusing.contains(full)
            || self.speaks_of_members(full)
    }
}

static BUILTIN: LazyLock<Models> =
    LazyLock::new(|| load::load(FILES).expect("the built-in models are valid: a test reads them all"));

impl Models {
    /// Whether a text has a word that hints that a function makes or takes a router.
    pub(crate) fn is_hinted(&self, text: &str) -> bool {
        match self.hinted.get_or_init(|| AhoCorasick::new(&self.hints).ok()) {
            Some(all) => all.is_match(text),
            None => self.hints.iter().any(|hint| text.contains(hint)),
        }
    }

    /// Whether a model speaks of functions that a class of a full name has.
    fn speaks_of_members(&self, full: &str) -> bool {
        let within = format!("{full}.");
        let next = self.functions.range(within.clone()..).next();
        let made = self.makers.range(within.clone()..).next();
        next.is_some_and(|(name, _)| name.starts_with(&within))
            || made.is_some_and(|(name, _)| name.starts_with(&within))
            || self.calls.iter().any(|(pattern, _)| pattern.split('*').next() == Some(full))
    }
}

/// The built-in models.
pub(crate) fn builtin() -> &'static Models {
    &BUILTIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_models_are_valid() {
        let models = load::load(FILES).unwrap_or_else(|mistake| panic!("{}: {}", mistake.place, mistake.message));
        assert!(models.makers.contains_key("express.Router") && models.makers.contains_key("flask.Blueprint"));
    }

    #[test]
    fn an_unknown_word_is_refused() {
        let text = "framework: x\nlanguages: [python]\ntokens: [x]\nobjects:\n  app:\n    mak: [x.App]\n";
        let mistake = load::load(&[("frameworks/x.yaml", text)]).expect_err("a word that is not known");
        assert_eq!(6, mistake.place.line, "{mistake:?}");
    }
}
