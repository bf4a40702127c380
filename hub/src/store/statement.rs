//! The statements, each written once. A host may keep their texts ([`Statement::ALL`]) and be asked by
//! number.

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)*) => {
        /// A statement whose text is fixed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Statement { $($(#[$doc])* $name),* }

        impl Statement {
            /// All of them, by number.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The text, SQLite's dialect.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// The place in [`Statement::ALL`].
            pub const fn number(self) -> usize {
                self as usize
            }
        }
    };
}

statements! {
    /// Whether the tables are there.
    Exists = "SELECT count(*) FROM sqlite_master WHERE name = 'hub'";
}
