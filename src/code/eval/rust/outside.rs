//! What crates outside of the repository do with the routers that they are given: those that give a router back may have put more
//! on it.

use super::super::machine::Machine;
use super::super::value::{Args, Spot};
use super::macros::takes_routes;

/// How names of functions begin that put something on what they are given.
const PUTTING: &[&str] = &["attach", "configure", "extend", "init", "install", "merge", "mount", "register", "setup"];
/// What names of functions speak of that answers requests.
const ANSWERING: &[&str] = &["route", "endpoint", "health", "docs", "swagger", "openapi", "metrics"];

impl Machine<'_> {
    /// Keeps where a function of a crate outside is given a router and is called like one that registers: what is on the router
    /// that it gives back is not known.
    pub(crate) fn saw_more(&mut self, path: &str, args: &Args, spot: Spot) {
        let mut parts = path.rsplit('.');
        let (Some(name), Some(owner)) = (parts.next(), parts.next()) else { return };
        // Not a type's: those wrap, and do no more.
        let of_type = owner.starts_with(char::is_uppercase);
        let says = PUTTING.iter().any(|begin| name.starts_with(begin)) || ANSWERING.iter().any(|it| name.contains(it));
        // What has the name of the crate here is an item of the project's, of which a macro made more.
        let first = path.split('.').next().unwrap_or(path);
        let own = self.modules[spot.module.0].scope.own(first).is_some();
        let plain = !path.contains(['(', '!', ' ', '<']);
        if says && plain && !own && !of_type && args.list.iter().any(takes_routes) {
            let path = path.replace('.', "::");
            self.note(spot, format!("what `{path}` registers here is not known: it is not in the repository"));
        }
    }
}
