//! Work in parts on several threads, of which the one that asks is one.

/// The results of `work` on each part, in the order of the parts. They are shared out evenly over the threads of the
/// current pool; the first share is done here, since to wake a thread takes as long as to sample a config.
pub(crate) fn on_all<T: Send, R: Send>(parts: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let size = parts.len().div_ceil(rayon::current_num_threads()).max(1);
    let mut parts: Vec<(Option<T>, Option<R>)> = parts.into_iter().map(|part| (Some(part), None)).collect();
    let share = |parts: &mut [(Option<T>, Option<R>)]| {
        for (part, result) in parts {
            *result = part.take().map(&work);
        }
    };
    rayon::in_place_scope(|scope| {
        let mut shares = parts.chunks_mut(size);
        let own = shares.next();
        for theirs in shares {
            scope.spawn(|_| share(theirs));
        }
        own.map(share);
    });
    parts.into_iter().filter_map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_parts() {
        for threads in [1, 2, 3, 8] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            for parts in 0..12u32 {
                let squares = pool.install(|| on_all((0..parts).collect(), |part| part * part));
                assert_eq!(squares, (0..parts).map(|part| part * part).collect::<Vec<_>>());
            }
        }
        assert_eq!(on_all(vec!["a", "b"], str::to_uppercase), ["A", "B"]);
    }
}
