//! What functions of libraries compute: collections and texts, as the language's own functions do.

use serde::Deserialize;

/// What a function computes of what it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Computes {
    /// A list without what counts as false.
    Compact,
    /// Lists within a list, one level of them, as one.
    Flat,
    /// The same at any depth.
    Deep,
    /// A list each of whose elements stands once.
    Unique,
    /// The list itself, in another order or for its own sake.
    Same,
    /// Its first element.
    First,
    /// Its last element.
    Last,
    /// All but the first, or but as many as are given.
    Tail,
    /// All but the last.
    Initial,
    /// The first, or as many as are given.
    Take,
    /// A list without elements that are given, one by one or as lists.
    Without,
    /// Several lists as one, each element once.
    Union,
    /// A function called so many times with the number.
    Times,
    /// A map of pairs.
    Pairs,
    /// A map of a list of keys and one of values.
    Zip,
    /// A map of a list's elements by what a function gives of each.
    KeyBy,
    /// A map of lists of them.
    GroupBy,
    /// The keys of a map.
    Keys,
    /// Its values.
    Values,
    /// A map with other values.
    MapValues,
    /// A map with other keys.
    MapKeys,
    /// Entries of a map for which something holds.
    PickBy,
    /// Those for which it does not.
    OmitBy,
    /// Entries of a map by the keys that are given.
    Pick,
    /// All but those.
    Omit,
    /// What a path of names leads to, or a default.
    Get,
    /// Whether it leads anywhere.
    Has,
    /// Puts a value where a path of names leads.
    Set,
    /// Maps that are written into the first one, and what is in them into what is there.
    Merge,
    /// The same, into a map of its own.
    Merged,
    /// Entries of further maps where the first one has none.
    Defaults,
    /// A copy.
    Copy,
    /// Whether there is nothing in it.
    IsEmpty,
    /// Whether it is a text.
    IsText,
    /// Whether it is a function.
    IsFunction,
    /// Whether it is a plain map.
    IsMap,
    /// Whether it is a map, a list, an instance or a function.
    IsObject,
    /// Whether it is nothing.
    IsNothing,
    /// `oneTwo`.
    Camel,
    /// `OneTwo`.
    Pascal,
    /// `one-two`.
    Kebab,
    /// `one_two`.
    Snake,
    /// `ONE_TWO`.
    Constant,
    /// `One Two`.
    Start,
    /// The first letter great.
    UpperFirst,
    /// The first letter small.
    LowerFirst,
    /// The first letter great, the others small.
    Capitalize,
    /// A text without characters that are given at its ends.
    Trim,
    /// At its beginning.
    TrimStart,
    /// At its end.
    TrimEnd,
    /// `one two`.
    Spaced,
    /// `one.two`.
    Dotted,
    /// `one/two`.
    Pathed,
    /// `One-Two`.
    Train,
    /// `one_two` of great letters, dashes and blanks alone: what else parts words stays.
    Underscored,
    /// `one-two` in the same way.
    Dashed,
    /// `oneTwo` in the same way.
    Humped,
    /// What stands in an address for a text: small letters and digits, with dashes between.
    Slug,
    /// The same, with great letters as they stand unless it is told otherwise.
    Slugged,
    /// A noun as of many.
    Plural,
    /// A noun as of one.
    Singular,
    /// The name of a table: `one_twos`.
    Table,
    /// The name of a class: `OneTwo`.
    ClassName,
    /// Parts of an address with one slash between each two.
    JoinUrl,
    /// A path with one slash where several stand, and none at its end unless it is told otherwise.
    Slashes,
    /// A path with slashes for what another system has instead.
    Forward,
}
