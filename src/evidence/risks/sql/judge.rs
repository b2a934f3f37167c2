//! What one statement does to a database that holds data.

use std::collections::BTreeSet;

use sqlparser::ast::{
    AlterColumnOperation, AlterTable, AlterTableOperation as Alter, AlterTypeOperation, ColumnDef, ColumnOption,
    CreateIndex, DataType, DetachPartitionMode, DropBehavior, Expr, FromTable, ObjectName, ObjectType,
    ReferentialAction, RenameTableNameKind, Spanned, Statement, TableConstraint, TableFactor,
    UserDefinedTypeRepresentation,
};

use super::operations::{Operation, Operations, builtin};

/// Names longer than this are cut in silence by PostgreSQL: 63 bytes.
const MAX_NAME: usize = 63;

/// Something that a statement does.
pub(super) struct Done {
    pub(super) operation: &'static Operation,
    /// To what: a table, a column.
    pub(super) what: String,
    /// In which line of the statement, from 1; 0 where that is not known.
    pub(super) line: u64,
}

/// What is known of the file beside the statement.
#[derive(Default)]
pub(super) struct Known {
    /// Tables that the file makes: nothing is in them yet.
    pub(super) new: BTreeSet<String>,
    /// Names that a table of the file takes over.
    pub(super) taken: BTreeSet<String>,
    /// The file speaks to a database that has no CONCURRENTLY.
    pub(super) online: bool,
    /// The statement stands in a transaction that the file begins.
    pub(super) in_transaction: bool,
    /// The file alters a table that holds rows.
    pub(super) alters: bool,
}

/// A name as it is compared: without quotes and schema.
pub(super) fn bare(name: &ObjectName) -> String {
    let last = name.0.last().map(ToString::to_string).unwrap_or_default();
    last.trim_matches(['"', '`', '[', ']', '\'']).to_lowercase()
}

/// What a statement does.
pub(super) fn judge(statement: &Statement, known: &Known) -> Vec<Done> {
    let mut judge = Judge { known, all: builtin(), done: Vec::new() };
    judge.statement(statement);
    judge.done
}

struct Judge<'a> {
    known: &'a Known,
    all: &'static Operations,
    done: Vec<Done>,
}

impl Judge<'_> {
    fn say(&mut self, operation: &'static Operation, what: impl ToString, line: u64) {
        self.done.push(Done { operation, what: what.to_string(), line });
    }

    fn is_new(&self, name: &ObjectName) -> bool {
        self.known.new.contains(&bare(name))
    }

    fn statement(&mut self, statement: &Statement) {
        let all = self.all;
        match statement {
            Statement::CreateTable(table) => {
                self.say(&all.create_table, &table.name, 0);
                self.long(&table.name);
                for column in &table.columns {
                    self.habits(column);
                }
                for constraint in &table.constraints {
                    self.cascades(constraint);
                }
            }
            Statement::AlterTable(alter) => self.alter(alter),
            Statement::CreateIndex(index) => self.index(index),
            Statement::Drop { object_type, names, cascade, .. } => self.drop(*object_type, names, *cascade),
            Statement::DropFunction(_)
            | Statement::DropProcedure { .. }
            | Statement::DropTrigger(_)
            | Statement::DropDomain(_)
            | Statement::DropExtension(_) => self.say(&all.drop_routine, "", 0),
            Statement::RenameTable(renamed) => {
                for one in renamed.iter().filter(|one| !self.known.new.contains(&bare(&one.old_name))) {
                    self.done.push(Done { operation: &all.rename_table, what: one.old_name.to_string(), line: 0 });
                }
            }
            Statement::AlterIndex { name, .. } => self.say(&all.rename_other, name, 0),
            Statement::AlterView(view) => self.say(&all.replace_view, &view.name, 0),
            Statement::CreateView(view) => self.say(&all.replace_view, &view.name, 0),
            Statement::AlterType(alter) => match &alter.operation {
                AlterTypeOperation::AddValue(_) => self.say(&all.enum_value, &alter.name, 0),
                AlterTypeOperation::RenameValue(_) => self.say(&all.enum_rename, &alter.name, 0),
                _ => self.say(&all.rename_other, &alter.name, 0),
            },
            Statement::CreateType { name, representation } => {
                if matches!(representation, Some(UserDefinedTypeRepresentation::Enum { .. })) {
                    self.say(&all.create_enum, name, 0);
                }
            }
            Statement::CreateDomain(domain) if !domain.constraints.is_empty() => {
                self.say(&all.domain_constraint, &domain.name, 0);
            }
            Statement::Lock(_) | Statement::LockTables { .. } => self.say(&all.lock_table, "", 0),
            Statement::Vacuum(vacuum) if vacuum.full => self.say(&all.rewrite_table, "", 0),
            Statement::Revoke(_) | Statement::DropPolicy(_) => self.say(&all.access_change, "", 0),
            other => self.rows(other),
        }
    }

    /// Statements that change rows.
    fn rows(&mut self, statement: &Statement) {
        let all = self.all;
        match statement {
            Statement::Truncate(truncate) => {
                let names: Vec<String> = truncate.table_names.iter().map(|one| one.name.to_string()).collect();
                self.say(&all.truncate, names.join(", "), 0);
                if truncate.cascade.as_ref().is_some_and(|one| one.to_string().eq_ignore_ascii_case("cascade")) {
                    self.say(&all.truncate_cascade, names.join(", "), 0);
                }
            }
            Statement::Delete(delete) => {
                let from = match &delete.from {
                    FromTable::WithFromKeyword(tables) | FromTable::WithoutKeyword(tables) => tables,
                };
                let what: Vec<String> = from.iter().map(|table| table.relation.to_string()).collect();
                let narrowed = delete.selection.as_ref().is_some_and(|condition| !is_true(condition));
                let operation = if narrowed || delete.limit.is_some() { &all.delete_some } else { &all.delete_all };
                self.done.push(Done { operation, what: what.join(", "), line: 0 });
            }
            Statement::Update(update) => {
                let what = update.table.relation.to_string();
                let new = match &update.table.relation {
                    TableFactor::Table { name, .. } => self.is_new(name),
                    _ => false,
                };
                if update.selection.as_ref().is_none_or(is_true) && update.limit.is_none() && !new {
                    self.say(&all.update_all, &what, 0);
                }
                if self.known.alters && !new {
                    self.say(&all.backfill, what, 0);
                }
            }
            _ => {}
        }
    }

    fn drop(&mut self, object: ObjectType, names: &[ObjectName], cascade: bool) {
        let all = self.all;
        for name in names {
            let operation = match object {
                ObjectType::Table | ObjectType::ForeignTable if self.known.taken.contains(&bare(name)) => {
                    &all.rebuild_table
                }
                ObjectType::Table | ObjectType::ForeignTable if self.is_new(name) => continue,
                ObjectType::Table | ObjectType::ForeignTable => &all.drop_table,
                ObjectType::Schema | ObjectType::Database => &all.drop_database,
                ObjectType::View | ObjectType::MaterializedView => &all.drop_view,
                ObjectType::Index if self.known.online => &all.add_index,
                ObjectType::Index => &all.drop_index,
                ObjectType::Role | ObjectType::User | ObjectType::Group => &all.access_change,
                _ => &all.drop_routine,
            };
            self.done.push(Done { operation, what: name.to_string(), line: name.span().start.line });
            if cascade {
                self.say(&all.drop_cascade, name, name.span().start.line);
            }
        }
    }

    fn index(&mut self, index: &CreateIndex) {
        let all = self.all;
        let what =
            format!("{} on {}", index.name.as_ref().map(ToString::to_string).unwrap_or_default(), index.table_name);
        if let Some(name) = &index.name {
            self.long(name);
        }
        if self.is_new(&index.table_name) {
            return;
        }
        if index.concurrently {
            self.say(&all.add_index, &what, 0);
            if self.known.in_transaction {
                self.say(&all.concurrently_in_transaction, &what, 0);
            }
        } else if !index.unique {
            self.done.push(Done {
                operation: if self.known.online { &all.add_index } else { &all.create_index },
                what: what.clone(),
                line: 0,
            });
        }
        if index.unique {
            self.say(&all.unique_constraint, what, 0);
        }
    }

    fn alter(&mut self, alter: &AlterTable) {
        let new = self.is_new(&alter.name);
        for operation in &alter.operations {
            let line = operation.span().start.line;
            if new {
                if let Alter::AddColumn { column_def, .. } = operation {
                    self.habits(column_def);
                }
            } else {
                self.operation(&alter.name, operation, line);
            }
        }
    }

    fn operation(&mut self, table: &ObjectName, operation: &Alter, line: u64) {
        let all = self.all;
        let of = |column: &dyn std::fmt::Display| format!("{table}.{column}");
        match operation {
            Alter::AddColumn { column_def, .. } => self.add_column(table, column_def, line),
            Alter::DropColumn { column_names, drop_behavior, .. } => {
                for column in column_names {
                    self.say(&all.drop_column, of(column), line);
                }
                self.cascade(*drop_behavior, table, line);
            }
            Alter::RenameColumn { old_column_name, .. } => self.say(&all.rename_column, of(old_column_name), line),
            Alter::RenameTable { table_name } => {
                let (RenameTableNameKind::As(name) | RenameTableNameKind::To(name)) = table_name;
                self.say(&all.rename_table, format!("{table} to {name}"), line);
            }
            Alter::ChangeColumn { old_name, new_name, .. } => {
                if old_name != new_name {
                    self.say(&all.rename_column, of(old_name), line);
                }
                self.say(&all.change_type, of(old_name), line);
            }
            Alter::ModifyColumn { col_name, .. } => self.say(&all.change_type, of(col_name), line),
            Alter::AlterColumn { column_name, op } => {
                let operation = match op {
                    AlterColumnOperation::SetNotNull => &all.set_not_null,
                    AlterColumnOperation::DropNotNull => &all.drop_not_null,
                    AlterColumnOperation::SetDefault { .. } | AlterColumnOperation::DropDefault => &all.change_default,
                    AlterColumnOperation::SetDataType { .. } => &all.change_type,
                    AlterColumnOperation::AddGenerated { .. } => &all.generated_column,
                    AlterColumnOperation::GenericOptions { .. } => &all.change_table,
                };
                self.done.push(Done { operation, what: of(column_name), line });
            }
            Alter::AddConstraint { constraint, not_valid } => self.constraint(table, constraint, *not_valid, line),
            Alter::DropConstraint { name, drop_behavior, .. } => {
                self.say(&all.drop_constraint, of(name), line);
                self.cascade(*drop_behavior, table, line);
            }
            Alter::DropForeignKey { name, .. } => self.say(&all.drop_constraint, of(name), line),
            Alter::DropPrimaryKey { .. } => self.say(&all.drop_constraint, table, line),
            Alter::DropIndex { name } => self.say(&all.drop_index, of(name), line),
            other => self.seldom(table, other, line),
        }
    }

    /// What stands seldom behind ALTER TABLE.
    fn seldom(&mut self, table: &ObjectName, operation: &Alter, line: u64) {
        let all = self.all;
        let operation = match operation {
            Alter::RenameConstraint { .. } | Alter::RenamePartitions { .. } => &all.rename_other,
            Alter::DropPartitions { .. } => &all.drop_partition,
            Alter::DetachPartition { .. } => &all.detach_partition,
            Alter::DetachPartitionOf { mode, .. } => match mode {
                Some(DetachPartitionMode::Concurrently | DetachPartitionMode::Finalize) => return,
                None => &all.detach_partition,
            },
            Alter::DisableTrigger { .. } | Alter::DisableRule { .. } => &all.disable_trigger,
            Alter::DisableRowLevelSecurity
            | Alter::NoForceRowLevelSecurity
            | Alter::EnableRowLevelSecurity
            | Alter::ForceRowLevelSecurity
            | Alter::OwnerTo { .. } => &all.access_change,
            Alter::SetLogged | Alter::SetUnlogged => &all.rewrite_table,
            Alter::ValidateConstraint { .. } | Alter::Algorithm { .. } | Alter::Lock { .. } => return,
            _ => &all.change_table,
        };
        self.done.push(Done { operation, what: table.to_string(), line });
    }

    fn cascade(&mut self, behavior: Option<DropBehavior>, table: &ObjectName, line: u64) {
        if matches!(behavior, Some(DropBehavior::Cascade)) {
            self.say(&self.all.drop_cascade, table, line);
        }
    }

    fn add_column(&mut self, table: &ObjectName, column: &ColumnDef, line: u64) {
        let all = self.all;
        let what = format!("{table}.{}", column.name);
        let has = |wanted: fn(&ColumnOption) -> bool| column.options.iter().any(|one| wanted(&one.option));
        let default = column.options.iter().find_map(|one| match &one.option {
            ColumnOption::Default(value) => Some(value),
            _ => None,
        });
        let counted = has(|one| matches!(one, ColumnOption::Identity(_) | ColumnOption::Generated { .. }))
            || is_serial(&column.data_type);
        let required = has(|one| matches!(one, ColumnOption::NotNull | ColumnOption::PrimaryKey(_)));
        let mut grave = false;
        let mut say = |judge: &mut Self, operation: &'static Operation| {
            judge.done.push(Done { operation, what: what.clone(), line });
            grave = true;
        };
        if required && default.is_none_or(is_null) && !counted {
            say(self, &all.required_column);
        }
        if default.is_some_and(|value| !is_constant(value)) {
            say(self, &all.default_rewrites);
        }
        if counted {
            say(self, &all.generated_column);
        }
        if has(|one| matches!(one, ColumnOption::PrimaryKey(_))) {
            say(self, &all.primary_key);
        } else if has(|one| matches!(one, ColumnOption::Unique(_))) {
            say(self, &all.unique_column);
        }
        if has(|one| matches!(one, ColumnOption::ForeignKey(_))) {
            say(self, &all.foreign_key);
        }
        if has(|one| matches!(one, ColumnOption::Check(_))) {
            say(self, &all.check_constraint);
        }
        if !grave {
            self.say(&all.add_column, &what, line);
        }
        if matches!(column.data_type, DataType::JSON) && !self.known.online {
            self.say(&all.json_column, &what, line);
        }
        self.habits(column);
    }

    /// What is better done otherwise, in a new table too.
    fn habits(&mut self, column: &ColumnDef) {
        let all = self.all;
        let line = column.span().start.line;
        let key = column.options.iter().any(|one| matches!(one.option, ColumnOption::PrimaryKey(_)));
        for option in &column.options {
            if let ColumnOption::ForeignKey(key) = &option.option
                && key.on_delete == Some(ReferentialAction::Cascade)
            {
                self.say(&all.cascading_key, &column.name, line);
            }
        }
        if self.known.online {
            return;
        }
        let kind = column.data_type.to_string().to_uppercase();
        let plain = kind.split(['(', ' ']).next().unwrap_or_default();
        let operation = match plain {
            "INT" | "INTEGER" | "INT4" | "SMALLINT" | "INT2" if key => &all.small_integer,
            "SERIAL" | "SERIAL4" | "SMALLSERIAL" | "BIGSERIAL" | "SERIAL8" => &all.serial_column,
            "CHAR" | "CHARACTER" | "BPCHAR" | "VARCHAR" if kind.contains('(') => &all.char_column,
            "TIMESTAMP" if !kind.contains("WITH TIME ZONE") => &all.naive_timestamp,
            _ => return,
        };
        self.done.push(Done { operation, what: column.name.to_string(), line });
    }

    fn cascades(&mut self, constraint: &TableConstraint) {
        if let TableConstraint::ForeignKey(key) = constraint
            && key.on_delete == Some(ReferentialAction::Cascade)
        {
            self.say(&self.all.cascading_key, &key.foreign_table, constraint.span().start.line);
        }
    }

    fn constraint(&mut self, table: &ObjectName, constraint: &TableConstraint, not_valid: bool, line: u64) {
        let all = self.all;
        self.cascades(constraint);
        let operation = match constraint {
            TableConstraint::PrimaryKeyUsingIndex(_) | TableConstraint::UniqueUsingIndex(_) => {
                &all.not_valid_constraint
            }
            TableConstraint::Unique(_) => &all.unique_constraint,
            TableConstraint::PrimaryKey(_) => &all.primary_key,
            TableConstraint::Exclude(_) => &all.exclusion_constraint,
            TableConstraint::ForeignKey(_) | TableConstraint::Check(_) if not_valid => &all.not_valid_constraint,
            TableConstraint::ForeignKey(_) => &all.foreign_key,
            TableConstraint::Check(_) => &all.check_constraint,
            TableConstraint::Index(_) | TableConstraint::FulltextOrSpatial(_) => &all.add_index,
        };
        self.done.push(Done { operation, what: table.to_string(), line });
    }

    fn long(&mut self, name: &ObjectName) {
        if bare(name).len() > MAX_NAME && !self.known.online {
            self.say(&self.all.long_name, name, name.span().start.line);
        }
    }
}

fn is_serial(kind: &DataType) -> bool {
    kind.to_string().to_uppercase().contains("SERIAL")
}

fn is_null(value: &Expr) -> bool {
    value.to_string().eq_ignore_ascii_case("null")
}

/// A condition that every row meets.
fn is_true(condition: &Expr) -> bool {
    matches!(condition.to_string().to_lowercase().as_str(), "true" | "1" | "1 = 1" | "(1 = 1)" | "'1' = '1'")
}

/// A default that is the same for every row, so that no row is rewritten.
fn is_constant(value: &Expr) -> bool {
    let text = value.to_string().to_lowercase();
    let stable =
        ["now()", "current_timestamp", "current_date", "current_time", "localtimestamp", "transaction_timestamp()"];
    !text.contains('(')
        || stable.iter().any(|one| text.starts_with(one))
        || text.starts_with("('")
        || text.starts_with("cast(")
}
