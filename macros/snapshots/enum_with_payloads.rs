const _: () = {
    use ::transfer_nas::__private as __tn;
    const _: () = {
        let _ = __tn::keys::valid;
        let _ = __tn::keys::len;
    };
    static __TREE: __tn::Node = *<Model as __tn::SearchSpace>::SPACE;
    #[automatically_derived]
    impl __tn::SearchSpace for Model {
        const SPACE: &'static __tn::Node = &__tn::Node::Named {
            name: "Model",
            aliases: &[],
            local: ::core::option::Option::Some(""),
            shared: false,
            site: ::core::concat!(
                "Model (", __tn::core::file!(), ":", __tn::core::line!(), ")"
            ),
            node: &__tn::Node::Choice {
                kind: __tn::Kind::Variant,
                branches: &[
                    __tn::Branch {
                        label: "Cnn",
                        aliases: &[],
                        node: &__tn::Node::Sequence(
                            &[
                                &__tn::Node::Named {
                                    name: "Model.Cnn.blocks",
                                    aliases: &[],
                                    local: ::core::option::Option::Some(".Cnn.blocks"),
                                    shared: false,
                                    site: ::core::concat!(
                                        "Model.Cnn.blocks (", __tn::core::file!(), ":",
                                        __tn::core::line!(), ")"
                                    ),
                                    node: &__tn::repeat(
                                        &__tn::Node::Link(<Dense as __tn::SearchSpace>::LINK),
                                        1,
                                        3,
                                        __tn::Naming::Numbered,
                                    ),
                                },
                                &__tn::Node::Named {
                                    name: "Model.Cnn.head",
                                    aliases: &[],
                                    local: ::core::option::Option::Some(".Cnn.head"),
                                    shared: false,
                                    site: ::core::concat!(
                                        "Model.Cnn.head (", __tn::core::file!(), ":",
                                        __tn::core::line!(), ")"
                                    ),
                                    node: <Box<Dense> as __tn::SearchSpace>::SPACE,
                                },
                            ],
                        ),
                    },
                    __tn::Branch {
                        label: "Mlp",
                        aliases: &[],
                        node: &__tn::Node::Sequence(
                            &[
                                &__tn::Node::Named {
                                    name: "Model.Mlp.0",
                                    aliases: &[],
                                    local: ::core::option::Option::Some(".Mlp.0"),
                                    shared: false,
                                    site: ::core::concat!(
                                        "Model.Mlp.0 (", __tn::core::file!(), ":",
                                        __tn::core::line!(), ")"
                                    ),
                                    node: <Dense as __tn::SearchSpace>::SPACE,
                                },
                                &__tn::Node::Named {
                                    name: "Model.Mlp.1",
                                    aliases: &[],
                                    local: ::core::option::Option::Some(".Mlp.1"),
                                    shared: false,
                                    site: ::core::concat!(
                                        "Model.Mlp.1 (", __tn::core::file!(), ":",
                                        __tn::core::line!(), ")"
                                    ),
                                    node: <Option<bool> as __tn::SearchSpace>::SPACE,
                                },
                            ],
                        ),
                    },
                ],
            },
        };
        const LINK: __tn::Link<__tn::Node> = __tn::Link::to(
            __tn::Owner::new(
                "Model",
                "Model",
                (
                    __tn::core::file!(),
                    __tn::core::line!(),
                    __tn::core::column!(),
                    __tn::core::module_path!(),
                ),
            ),
            &__TREE,
        );
        fn decode(
            __d: &mut __tn::Decoder<'_>,
        ) -> ::core::result::Result<Self, __tn::DecodeError> {
            ::core::result::Result::Ok(
                match __d.next(2usize)? {
                    0usize => {
                        Self::Cnn {
                            blocks: __tn::decode_vec(
                                __d,
                                (1, 3),
                                <Dense as __tn::SearchSpace>::decode,
                            )?,
                            head: <Box<Dense> as __tn::SearchSpace>::decode(__d)?,
                        }
                    }
                    _ => {
                        Self::Mlp {
                            0: <Dense as __tn::SearchSpace>::decode(__d)?,
                            1: <Option<bool> as __tn::SearchSpace>::decode(__d)?,
                        }
                    }
                },
            )
        }
        fn encode(
            &self,
            __e: &mut __tn::Encoder,
        ) -> ::core::result::Result<(), __tn::EncodeError> {
            match self {
                Self::Cnn { blocks: __field0, head: __field1 } => {
                    __e.push(0usize);
                    __tn::encode_vec(
                        __field0,
                        __e,
                        (1, 3),
                        |__len| __tn::EncodeError::new(
                            "Model.Cnn.blocks",
                            __len,
                            "a length of 1..=3",
                        ),
                        |__value, __e| {
                            <Dense as __tn::SearchSpace>::encode(__value, __e)?;
                            ::core::result::Result::Ok(())
                        },
                    )?;
                    <Box<Dense> as __tn::SearchSpace>::encode(__field1, __e)?;
                }
                Self::Mlp { 0: __field0, 1: __field1 } => {
                    __e.push(1usize);
                    <Dense as __tn::SearchSpace>::encode(__field0, __e)?;
                    <Option<bool> as __tn::SearchSpace>::encode(__field1, __e)?;
                }
            }
            ::core::result::Result::Ok(())
        }
        fn is_valid(&self) -> bool {
            (match self {
                Self::Cnn { blocks: __field0, head: __field1, .. } => {
                    ::core::iter::Iterator::all(
                        &mut __field0.iter(),
                        |__value| <Dense as __tn::SearchSpace>::is_valid(__value),
                    ) && <Box<Dense> as __tn::SearchSpace>::is_valid(__field1)
                }
                Self::Mlp { 0: __field0, 1: __field1, .. } => {
                    <Dense as __tn::SearchSpace>::is_valid(__field0)
                        && <Option<bool> as __tn::SearchSpace>::is_valid(__field1)
                }
                _ => true,
            }) && __tn::holds(self, Model::is_small)
        }
    }
    #[allow(long_running_const_eval)]
    const __COUNTS: __tn::Counts = match __tn::count::<
        { __tn::capacity(<Model as __tn::Universe>::START) },
    >(<Model as __tn::Universe>::START) {
        ::core::result::Result::Ok(__counts) => {
            __tn::with_end(__counts, &<Model as __tn::SearchSpace>::LINK)
        }
        ::core::result::Result::Err(__tn::Fault::Nesting(__nesting)) => {
            __tn::tell_of_nesting(&__nesting, &<Model as __tn::SearchSpace>::LINK)
        }
        ::core::result::Result::Err(fault) => {
            ::core::panic!("{}", fault.message().as_str())
        }
    };
    #[automatically_derived]
    impl __tn::Universe for Model {
        const START: &'static __tn::Node = &__tn::Node::Named {
            name: __tn::START,
            aliases: &[],
            local: ::core::option::Option::None,
            shared: true,
            site: "the start state",
            node: &__tn::Node::Choice {
                kind: __tn::Kind::Space,
                branches: &[
                    __tn::Branch {
                        label: "Model",
                        aliases: &[],
                        node: <Model as __tn::SearchSpace>::SPACE,
                    },
                ],
            },
        };
        const TASKS_OF: &'static [::core::option::Option<&'static [usize]>] = &[
            ::core::option::Option::None,
        ];
        type Tasks = ();
        type TaskRows = __tn::Const<1>;
        type States = __tn::Const<{ __COUNTS.states }>;
        type Actions = __tn::Const<{ __COUNTS.actions }>;
        type Steps = __tn::Const<{ __COUNTS.steps }>;
    }
};
