//! What JavaScript and TypeScript have of their own: globals and prototypes, trees of modules, and what nobody imports.

pub(super) mod alone;
pub(super) mod before_routers;
pub(super) mod before_trees;
pub(super) mod brought;
pub(super) mod builtins;
pub(super) mod composed;
pub(super) mod contents;
pub(super) mod flows;
pub(super) mod gateways;
pub(super) mod globals;
pub(super) mod globs;
pub(super) mod loaders;
pub(super) mod mounted;
pub(super) mod prototypes;
pub(super) mod regexes;
pub(super) mod schemas;
pub(super) mod stripped;
pub(super) mod tree;
pub(super) mod under_paths;
pub(super) mod unimported;
pub(super) mod unstartable;
pub(super) mod unused;
