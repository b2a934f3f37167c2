//! The package, imports, and what stands at a file's top level.

use super::super::reader::{children, has};
use super::{FrontEnd, Lowering};
use crate::code::form::{Block, Import, ImportName, Imported, Name, Stmt, StmtKind};
use tree_sitter::Node;

impl Lowering<'_> {
    /// The package that a file says it belongs to.
    pub(super) fn package(&self, root: Node<'_>) -> Option<Name> {
        let header = children(root).into_iter().find(|child| child.kind() == "package_header")?;
        Some(self.spelled(*children(header).first()?))
    }

    /// The file's imports and declarations.
    pub(super) fn file(&mut self, root: Node<'_>) -> Block {
        let mut out = Block::new();
        for child in children(root) {
            match child.kind() {
                "import" => out.extend(self.import(child)),
                "package_header" | "file_annotation" | "shebang" => {}
                _ => self.statement(child, &mut out),
            }
        }
        out
    }

    /// `import a.b.C as D` takes `C` from `a.b`.
    fn import(&self, node: Node<'_>) -> Option<Stmt> {
        let parts = children(node);
        let path = parts.first().copied()?;
        let full = self.spelled(path);
        let (source, what, alias) = if has(node, "*") {
            (full, Imported::All, Name::from("*"))
        } else {
            let (source, last) = full.rsplit_once('.').unwrap_or(("", &full));
            let alias = parts.get(1).map_or_else(|| last.into(), |alias| self.name(*alias));
            (source.into(), Imported::Named(last.into()), alias)
        };
        let names = vec![ImportName { what, alias, pos: self.pos(path) }];
        let import = Import { source, level: 0, names, type_only: false };
        Some(Stmt { kind: StmtKind::Import(import), pos: self.pos(node) })
    }

    /// A dotted name without the blanks and backquotes that may stand in it.
    fn spelled(&self, node: Node<'_>) -> Name {
        self.text(node).split(|c: char| c.is_whitespace() || c == '`').collect::<String>().into()
    }
}
