//! What a statement is given besides its text.

use tokio_postgres::types::{ToSql, Type};

/// The values of a statement, each with its type: the server need not be asked for that, which saves a round trip.
pub(super) struct Values(Vec<(Box<dyn ToSql + Sync + Send>, Type)>);

impl Values {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn with<T: Kind>(mut self, value: T) -> Self {
        self.0.push((Box::new(value), T::KIND));
        self
    }

    pub(super) fn borrowed(&self) -> Vec<(&(dyn ToSql + Sync), Type)> {
        self.0.iter().map(|(value, kind)| (&**value as &(dyn ToSql + Sync), kind.clone())).collect()
    }
}

/// What has a type in the database.
pub(super) trait Kind: ToSql + Sync + Send + 'static {
    /// The type.
    const KIND: Type;
}

/// A type, and that of its arrays.
macro_rules! kinds {
    ($($rust:ty: $one:ident, $many:ident;)*) => {$(
        impl Kind for $rust {
            const KIND: Type = Type::$one;
        }

        impl Kind for Option<$rust> {
            const KIND: Type = Type::$one;
        }

        impl Kind for Vec<$rust> {
            const KIND: Type = Type::$many;
        }

        impl Kind for Vec<Option<$rust>> {
            const KIND: Type = Type::$many;
        }
    )*};
}

kinds! {
    i64: INT8, INT8_ARRAY;
    f64: FLOAT8, FLOAT8_ARRAY;
    String: TEXT, TEXT_ARRAY;
    &'static str: TEXT, TEXT_ARRAY;
}

impl Kind for Vec<u8> {
    const KIND: Type = Type::BYTEA;
}

/// The values of a statement.
macro_rules! values {
    ($($value:expr),* $(,)?) => {
        $crate::study::store::postgres::values::Values::new()$(.with($value))*
    };
}
pub(super) use values;
