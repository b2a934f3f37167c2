//! `use` trees and `extern crate`.

use super::super::reader::{children, has};
use super::{FrontEnd, Lowering};
use crate::code::form::{Block, Export, Import, ImportName, Imported, Name, Stmt, StmtKind};
use tree_sitter::Node;

impl Lowering<'_> {
    /// One import for each name of the tree; `pub use` exports it.
    pub(super) fn import(&mut self, node: Node<'_>, out: &mut Block) {
        let mut found = Vec::new();
        if let Some(tree) = node.child_by_field_name("argument") {
            self.tree(tree, &mut Vec::new(), &mut found);
        } else if let Some(name) = node.child_by_field_name("name") {
            let alias = node.child_by_field_name("alias").unwrap_or(name);
            found.push((vec![self.name(name)], Some(self.name(alias)), alias));
        }
        let is_public = has(node, "visibility_modifier");
        for (path, alias, at) in found {
            let Some(import) = self.import_of(path, alias, at) else { continue };
            let mut stmt = Stmt { kind: StmtKind::Import(import), pos: self.pos(at) };
            if is_public {
                stmt = Stmt { pos: stmt.pos, kind: StmtKind::Export(Export::Declaration(Box::new(stmt))) };
            }
            out.push(stmt);
        }
    }

    /// The import of a path; without an alias it is a glob. `use x as _` binds nothing.
    fn import_of(&self, mut path: Vec<Name>, alias: Option<Name>, at: Node<'_>) -> Option<Import> {
        let (what, alias) = match alias {
            None => (Imported::All, "*".into()),
            Some(alias) if alias.as_ref() == "_" => return None,
            Some(alias) if path.len() == 1 => (Imported::Module, alias),
            Some(alias) => (Imported::Named(path.pop()?), alias),
        };
        let names = vec![ImportName { what, alias, pos: self.pos(at) }];
        Some(Import { source: path.join("::").into(), level: 0, names, type_only: false })
    }

    /// Gathers (path, alias or none for a glob, place) below a tree whose prefix is given.
    fn tree<'t>(
        &mut self,
        node: Node<'t>,
        prefix: &mut Vec<Name>,
        found: &mut Vec<(Vec<Name>, Option<Name>, Node<'t>)>,
    ) {
        if !self.reader.enter(node) {
            return;
        }
        let kept = prefix.len();
        match node.kind() {
            "use_list" => {
                for child in children(node) {
                    self.tree(child, prefix, found);
                }
            }
            "scoped_use_list" => {
                if let Some(path) = node.child_by_field_name("path") {
                    self.path(path, prefix);
                }
                if let Some(list) = node.child_by_field_name("list") {
                    self.tree(list, prefix, found);
                }
            }
            "use_wildcard" => {
                if let Some(&path) = children(node).first() {
                    self.path(path, prefix);
                }
                found.push((prefix.clone(), None, node));
            }
            "use_as_clause" => {
                if let (Some(path), Some(alias)) = (node.child_by_field_name("path"), node.child_by_field_name("alias"))
                {
                    self.use_path(path, prefix);
                    found.push((prefix.clone(), Some(self.name(alias)), alias));
                }
            }
            _ => {
                self.use_path(node, prefix);
                if let Some(last) = prefix.last().cloned() {
                    found.push((prefix.clone(), Some(last), node));
                }
            }
        }
        prefix.truncate(kept);
        self.reader.leave();
    }

    /// `self` at the end of a group is the group's prefix.
    fn use_path(&mut self, node: Node<'_>, prefix: &mut Vec<Name>) {
        if node.kind() == "self" && !prefix.is_empty() {
            return;
        }
        self.path(node, prefix);
    }
}
