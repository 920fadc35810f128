::core::compile_error! {
    "[TN05] `rnage` is not a key of a field; did you mean `range`?"
}
::core::compile_error! {
    "[TN01] a number could be anything; say which: `#[space(choices = [16, 32])]` or `#[space(range = 1..=8)]`, or keep it out of the search: `#[space(skip = value)]`"
}
const _: () = {
    use ::transfer_nas::__private as __tn;
    impl __tn::SearchSpace for Config {
        const SPACE: &'static __tn::Node = &__tn::Node::Within {
            suffix: "",
            node: &__tn::Node::Unit,
        };
        fn decode(
            _: &mut __tn::Decoder<'_>,
        ) -> ::core::result::Result<Self, __tn::DecodeError> {
            ::core::unreachable!()
        }
        fn encode(
            &self,
            _: &mut __tn::Encoder,
        ) -> ::core::result::Result<(), __tn::EncodeError> {
            ::core::unreachable!()
        }
    }
    impl __tn::Universe for Config {
        const START: &'static __tn::Node = &__tn::Node::Unit;
        const TASKS_OF: &'static [::core::option::Option<&'static [usize]>] = &[];
        type Tasks = ();
        type TaskRows = __tn::Const<1>;
        type States = __tn::Const<1>;
        type Actions = __tn::Const<1>;
        type Steps = __tn::Const<1>;
    }
};
