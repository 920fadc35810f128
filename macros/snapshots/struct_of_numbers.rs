const _: () = {
    use ::transfer_nas::__private as __tn;
    const _: () = {
        let _ = __tn::keys::choices;
        let _ = __tn::keys::range;
        let _ = __tn::keys::step;
        let _ = __tn::keys::skip;
    };
    static __TREE: __tn::Node = *<Dense as __tn::SearchSpace>::SPACE;
    #[automatically_derived]
    impl __tn::SearchSpace for Dense {
        const SPACE: &'static __tn::Node = &__tn::Node::Sequence(
            &[
                &__tn::Node::Named {
                    name: "Dense.units",
                    aliases: &[],
                    local: ::core::option::Option::Some(".units"),
                    shared: false,
                    site: ::core::concat!(
                        "Dense.units (", __tn::core::file!(), ":", __tn::core::line!(),
                        ")"
                    ),
                    node: &__tn::Node::Decide(__tn::Domain {
                        kind: __tn::Kind::Integer,
                        actions: __tn::Actions::Numbers {
                            labels: &["16", "32"],
                            values: &__tn::numbers::u32([16, 32]),
                        },
                    }),
                },
                &__tn::Node::Named {
                    name: "Dense.kernel",
                    aliases: &[],
                    local: ::core::option::Option::Some(".kernel"),
                    shared: false,
                    site: ::core::concat!(
                        "Dense.kernel (", __tn::core::file!(), ":", __tn::core::line!(),
                        ")"
                    ),
                    node: &__tn::Node::Decide(
                        __tn::integers((1) as i128, (9) as i128, (2) as i128),
                    ),
                },
                &__tn::Node::Named {
                    name: "Dense.bias",
                    aliases: &[],
                    local: ::core::option::Option::Some(".bias"),
                    shared: false,
                    site: ::core::concat!(
                        "Dense.bias (", __tn::core::file!(), ":", __tn::core::line!(),
                        ")"
                    ),
                    node: <bool as __tn::SearchSpace>::SPACE,
                },
                &__tn::Node::Unit,
            ],
        );
        const LINK: __tn::Link<__tn::Node> = __tn::Link::to(
            __tn::Owner::new(
                "Dense",
                "Dense",
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
            ::core::result::Result::Ok(Self {
                units: *__tn::choice::<u32>(__d, const { &[16, 32] })?,
                kernel: {
                    let (__first, _): (u8, u8) = (1, 9);
                    let __domain = const {
                        __tn::integers((1) as i128, (9) as i128, (2) as i128)
                    };
                    (__first as i128
                        + __d.next(__domain.actions.count())? as i128 * (2) as i128)
                        as u8
                },
                bias: <bool as __tn::SearchSpace>::decode(__d)?,
                note: String::new(),
            })
        }
        fn encode(
            &self,
            __e: &mut __tn::Encoder,
        ) -> ::core::result::Result<(), __tn::EncodeError> {
            match __tn::choice_index::<u32>((&self.units), const { &[16, 32] }) {
                ::core::option::Option::Some(__index) => __e.push(__index),
                ::core::option::Option::None => {
                    return ::core::result::Result::Err(
                        __tn::EncodeError::new("Dense.units", (&self.units), "16, 32"),
                    );
                }
            }
            match __tn::range_index(
                *(&self.kernel) as i128,
                const { &__tn::integers((1) as i128, (9) as i128, (2) as i128) },
            ) {
                ::core::option::Option::Some(__index) => __e.push(__index),
                ::core::option::Option::None => {
                    return ::core::result::Result::Err(
                        __tn::EncodeError::new(
                            "Dense.kernel",
                            (&self.kernel),
                            "1..=9 in steps of 2",
                        ),
                    );
                }
            }
            <bool as __tn::SearchSpace>::encode((&self.bias), __e)?;
            ::core::result::Result::Ok(())
        }
        fn is_valid(&self) -> bool {
            <bool as __tn::SearchSpace>::is_valid((&self.bias))
        }
    }
    #[allow(long_running_const_eval)]
    const __COUNTS: __tn::Counts = match __tn::count::<
        { __tn::capacity(<Dense as __tn::Universe>::START) },
    >(<Dense as __tn::Universe>::START) {
        ::core::result::Result::Ok(__counts) => {
            __tn::with_end(__counts, &<Dense as __tn::SearchSpace>::LINK)
        }
        ::core::result::Result::Err(__tn::Fault::Nesting(__nesting)) => {
            __tn::tell_of_nesting(&__nesting, &<Dense as __tn::SearchSpace>::LINK)
        }
        ::core::result::Result::Err(fault) => {
            ::core::panic!("{}", fault.message().as_str())
        }
    };
    #[automatically_derived]
    impl __tn::Universe for Dense {
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
                        label: "Dense",
                        aliases: &[],
                        node: <Dense as __tn::SearchSpace>::SPACE,
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
