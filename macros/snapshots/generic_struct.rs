const _: () = {
    use tnas::__private as __tn;
    const _: () = {
        let _ = __tn::keys::name;
    };
    #[automatically_derived]
    impl<B, const N: usize> __tn::SearchSpace for Net<B, N>
    where
        B: Clone,
        [B; N]: __tn::SearchSpace,
    {
        const SPACE: &'static __tn::Node = &__tn::Node::Sequence(
            &[
                &__tn::Node::Named {
                    name: "AnyNet.blocks",
                    aliases: &[],
                    local: ::core::option::Option::Some(".blocks"),
                    shared: true,
                    site: ::core::concat!(
                        "AnyNet.blocks (", __tn::core::file!(), ":", __tn::core::line!(),
                        ")"
                    ),
                    node: <[B; N] as __tn::SearchSpace>::SPACE,
                },
                &__tn::Node::Named {
                    name: "AnyNet.deep",
                    aliases: &[],
                    local: ::core::option::Option::Some(".deep"),
                    shared: true,
                    site: ::core::concat!(
                        "AnyNet.deep (", __tn::core::file!(), ":", __tn::core::line!(),
                        ")"
                    ),
                    node: <bool as __tn::SearchSpace>::SPACE,
                },
            ],
        );
        fn decode(
            __d: &mut __tn::Decoder<'_>,
        ) -> ::core::result::Result<Self, __tn::DecodeError> {
            ::core::result::Result::Ok(Self {
                blocks: <[B; N] as __tn::SearchSpace>::decode(__d)?,
                deep: <bool as __tn::SearchSpace>::decode(__d)?,
            })
        }
        fn encode(
            &self,
            __e: &mut __tn::Encoder,
        ) -> ::core::result::Result<(), __tn::EncodeError> {
            <[B; N] as __tn::SearchSpace>::encode((&self.blocks), __e)?;
            <bool as __tn::SearchSpace>::encode((&self.deep), __e)?;
            ::core::result::Result::Ok(())
        }
        fn is_valid(&self) -> bool {
            <[B; N] as __tn::SearchSpace>::is_valid((&self.blocks))
                && <bool as __tn::SearchSpace>::is_valid((&self.deep))
        }
    }
};
