//! Names that libraries give in more than one place: a package gives by its own name what a module within it defines, and code
//! may take it from either.

use std::collections::{BTreeMap, BTreeSet};

use super::Models;

/// A name that leads to a library, and another one that leads to the same.
#[derive(Debug)]
pub(super) struct Home {
    public: String,
    home: String,
}

impl Home {
    pub(super) fn new(public: &str, home: &str) -> Self {
        Home { public: public.to_owned(), home: home.to_owned() }
    }

    /// What a name is called at home; none where it does not belong to the library.
    fn moved(&self, name: &str) -> Option<String> {
        let rest = name.strip_prefix(&self.public)?;
        (rest.is_empty() || rest.starts_with(['.', '(', '['])).then(|| format!("{}{rest}", self.home))
    }

    /// Adds to a table what it says of the library's names under those that they have at home.
    fn table<T: Clone>(&self, table: &mut BTreeMap<String, T>) {
        let within = table.range(self.public.clone()..).take_while(|(name, _)| name.starts_with(&self.public));
        let moved: Vec<(String, T)> =
            within.filter_map(|(name, said)| Some((self.moved(name)?, said.clone()))).collect();
        for (name, said) in moved {
            table.entry(name).or_insert(said);
        }
    }

    fn names(&self, names: &mut BTreeSet<String>) {
        let moved: Vec<String> = names.iter().filter_map(|name| self.moved(name)).collect();
        names.extend(moved);
    }
}

/// Says of what libraries define in modules of their own what is said of it by the names that they give it.
pub(super) fn settle(models: &mut Models, homes: &[Home]) {
    for home in homes {
        home.table(&mut models.makers);
        home.table(&mut models.given_to);
        home.table(&mut models.types);
        home.table(&mut models.functions);
        home.table(&mut models.classes);
        home.table(&mut models.constants);
        home.table(&mut models.shared);
        home.table(&mut models.annotations);
        home.table(&mut models.brings);
        home.names(&mut models.assets);
        home.names(&mut models.passing);
        home.names(&mut models.refusing);
        let named = models.named.iter().filter_map(|(language, name)| Some((*language, home.moved(name)?)));
        let named: Vec<_> = named.collect();
        models.named.extend(named);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_package_gives_is_known_by_the_module_that_defines_it_too() {
        let home = Home::new("flask", "flask.app");
        let mut table = BTreeMap::from([("flask.Flask".to_owned(), 1), ("flask_restx.Api".to_owned(), 2)]);
        home.table(&mut table);
        let names: Vec<&str> = table.keys().map(String::as_str).collect();
        assert_eq!(["flask.Flask", "flask.app.Flask", "flask_restx.Api"], names[..]);
        assert_eq!(Some("flask.app".to_owned()), home.moved("flask"));
        assert_eq!(None, home.moved("flask/x"));
    }
}
