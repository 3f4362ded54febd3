//! Declaring what can be written: the keys of a record, the words of a choice.

/// Declares a record: its keys with what they take, each documented once, in words that an editor
/// shows. From that one list come the type, its reader and its JSON Schema. A key is its field's
/// name with `-` for `_`.
macro_rules! record {
    (
        $(#[$meta:meta])*
        $name:ident = $what:literal {
            $( must { $( $(#[$need_doc:meta])* $need:ident: $need_type:ty, )* } )?
            may { $( $(#[$doc:meta])* $field:ident: $type:ty, )* }
        }
    ) => {
        #[derive(Debug, Default, schemars::JsonSchema)]
        #[schemars(rename_all = "kebab-case", deny_unknown_fields)]
        $(#[$meta])*
        pub struct $name {
            $($( $(#[$need_doc])* pub $need: $crate::reading::yaml::Field<$need_type>, )*)?
            $( $(#[$doc])* #[schemars(default)] pub $field: $crate::reading::yaml::Field<$type>, )*
        }

        impl $crate::reading::yaml::Written for $name {
            fn read(
                node: &$crate::reading::yaml::Node,
                mistakes: &mut $crate::reading::mistakes::Mistakes,
            ) -> Option<Self> {
                $($( let $need = stringify!($need).replace('_', "-"); )*)?
                $( let $field = stringify!($field).replace('_', "-"); )*
                let known: &[&str] = &[$($( &$need, )*)? $( &$field, )*];
                let fields = $crate::reading::yaml::Fields::of(node, $what, known, mistakes)?;
                Some(Self {
                    $($( $need: fields.need(&$need, $what, mistakes), )*)?
                    $( $field: fields.take(&$field, mistakes), )*
                })
            }
        }
    };
}

/// Declares that a type is written as one of a few words.
macro_rules! words {
    ($name:ty { $( $word:literal => $value:expr, )+ }) => {
        impl $crate::reading::yaml::Scalar for $name {
            fn parse(text: &str) -> Result<Self, $crate::mistake::Wrong> {
                let words = [$( $word, )+];
                match text {
                    $( $word => Ok($value), )+
                    _ => Err($crate::reading::yaml::no_such_word(text, &words)),
                }
            }
        }

        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "enum": [$( $word, )+] })
            }
        }
    };
}

pub(crate) use {record, words};
