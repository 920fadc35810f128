const _: () = {
    use ::transfer_nas::__private as __tn;
    const _: () = {};
    static __TREE: __tn::Node = *<Activation as __tn::SearchSpace>::SPACE;
    #[automatically_derived]
    impl __tn::SearchSpace for Activation {
        const SPACE: &'static __tn::Node = &__tn::Node::Named {
            name: "Activation",
            aliases: &[],
            local: ::core::option::Option::Some(""),
            shared: false,
            site: ::core::concat!(
                "Activation (", __tn::core::file!(), ":", __tn::core::line!(), ")"
            ),
            node: &__tn::Node::Choice {
                kind: __tn::Kind::Variant,
                branches: &[
                    __tn::Branch {
                        label: "Relu",
                        aliases: &[],
                        node: &__tn::Node::Sequence(&[]),
                    },
                    __tn::Branch {
                        label: "Tanh",
                        aliases: &[],
                        node: &__tn::Node::Sequence(&[]),
                    },
                ],
            },
        };
        const LINK: __tn::Link<__tn::Node> = __tn::Link::to(
            __tn::Owner::new(
                "Activation",
                "Activation",
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
                    0usize => Self::Relu {},
                    _ => Self::Tanh {},
                },
            )
        }
        fn encode(
            &self,
            __e: &mut __tn::Encoder,
        ) -> ::core::result::Result<(), __tn::EncodeError> {
            match self {
                Self::Relu {} => {
                    __e.push(0usize);
                }
                Self::Tanh {} => {
                    __e.push(1usize);
                }
                Self::Custom { .. } => {
                    return ::core::result::Result::Err(
                        __tn::EncodeError::new(
                            "Activation",
                            &__tn::verbatim("Custom"),
                            "the variants that are not skipped",
                        ),
                    );
                }
            }
            ::core::result::Result::Ok(())
        }
    }
    #[allow(long_running_const_eval)]
    const __COUNTS: __tn::Counts = match __tn::count::<
        { __tn::capacity(<Activation as __tn::Universe>::START) },
    >(<Activation as __tn::Universe>::START) {
        ::core::result::Result::Ok(__counts) => {
            __tn::with_end(__counts, &<Activation as __tn::SearchSpace>::LINK)
        }
        ::core::result::Result::Err(__tn::Fault::Nesting(__nesting)) => {
            __tn::tell_of_nesting(&__nesting, &<Activation as __tn::SearchSpace>::LINK)
        }
        ::core::result::Result::Err(fault) => {
            ::core::panic!("{}", fault.message().as_str())
        }
    };
    #[automatically_derived]
    impl __tn::Universe for Activation {
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
                        label: "Activation",
                        aliases: &[],
                        node: <Activation as __tn::SearchSpace>::SPACE,
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
