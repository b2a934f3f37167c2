//! What Python has of its own: what runs when classes are made, registries and trees of objects that libraries walk.

pub(super) mod answering;
pub(super) mod configured;
pub(super) mod decorating;
pub(super) mod documents;
pub(super) mod enumerated;
pub(super) mod exposed;
pub(super) mod matching;
pub(super) mod metaclass;
pub(super) mod names;
pub(super) mod patterns;
pub(super) mod published;
pub(super) mod reflecting;
pub(super) mod shadowing;
pub(super) mod subclassing;
pub(super) mod unloaded;
pub(super) mod unstarted;
pub(super) mod views;
