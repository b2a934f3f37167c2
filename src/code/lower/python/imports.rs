//! Imports.

use super::super::reader::{fields, has};
use super::{FrontEnd, Lowering};
use crate::code::form::{Block, Import, ImportName, Imported, Name, Stmt, StmtKind};
use tree_sitter::Node;

impl Lowering<'_> {
    /// `import a.b`, `import a.b as c`.
    pub(super) fn import(&mut self, node: Node<'_>, out: &mut Block) {
        for item in fields(node, "name") {
            let (source, alias) = self.aliased(item);
            let first = source.split('.').next().unwrap_or_default();
            // `import a.b as a` binds `a.b`, where `import a.b` binds `a`.
            if alias.as_deref() == Some(first)
                && let Some((package, module)) = source.rsplit_once('.')
            {
                let what = Imported::Named(module.into());
                let names = vec![ImportName { what, alias: first.into(), pos: self.pos(item) }];
                let import = Import { source: package.into(), level: 0, names, type_only: false };
                out.push(Stmt { kind: StmtKind::Import(import), pos: self.pos(node) });
                continue;
            }
            let alias = alias.unwrap_or_else(|| first.into());
            let names = vec![ImportName { what: Imported::Module, alias, pos: self.pos(item) }];
            let import = Import { source, level: 0, names, type_only: false };
            out.push(Stmt { kind: StmtKind::Import(import), pos: self.pos(node) });
        }
    }

    /// `from .a import b as c`, `from a import *`.
    pub(super) fn import_from(&mut self, node: Node<'_>, out: &mut Block) {
        let text = node.child_by_field_name("module_name").map(|module| self.text(module)).unwrap_or_default();
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let source = text.trim_start_matches('.');
        let level = u32::try_from(text.len() - source.len()).unwrap_or(u32::MAX);
        let mut names: Vec<ImportName> = fields(node, "name")
            .into_iter()
            .map(|item| {
                let (name, alias) = self.aliased(item);
                let alias = alias.unwrap_or_else(|| name.clone());
                ImportName { what: Imported::Named(name), alias, pos: self.pos(item) }
            })
            .collect();
        if has(node, "wildcard_import") {
            names.push(ImportName { what: Imported::All, alias: "*".into(), pos: self.pos(node) });
        }
        let import = Import { source: source.into(), level, names, type_only: false };
        out.push(Stmt { kind: StmtKind::Import(import), pos: self.pos(node) });
    }

    fn aliased(&self, node: Node<'_>) -> (Name, Option<Name>) {
        match (node.child_by_field_name("name"), node.child_by_field_name("alias")) {
            (Some(name), Some(alias)) => (self.name(name), Some(self.name(alias))),
            _ => (self.name(node), None),
        }
    }
}
