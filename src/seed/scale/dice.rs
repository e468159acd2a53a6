//! Chance that falls the same for the same number, on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};

pub struct Dice(ChaCha8Rng);

impl Dice {
    pub fn new(number: u64) -> Self {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&number.to_le_bytes());
        let mut random = ChaCha8Rng::from_seed(seed);
        // The seed's clock has the first stream.
        random.set_stream(1);
        Self(random)
    }

    /// From 0 to one less than this.
    pub fn below(&mut self, many: u32) -> u32 {
        // The upper half of a product that fits: below `many`.
        ((u64::from(self.0.next_u32()) * u64::from(many)) >> 32) as u32
    }

    pub fn between(&mut self, least: u32, most: u32) -> u32 {
        least + self.below(most.saturating_sub(least) + 1)
    }

    pub fn percent(&mut self, chance: u32) -> bool {
        self.below(100) < chance
    }

    /// Below `many`, an index.
    pub fn index(&mut self, many: usize) -> usize {
        self.below(u32::try_from(many).unwrap_or(u32::MAX)) as usize
    }

    /// One of a few, which must not be none.
    pub fn pick<T: Copy, const N: usize>(&mut self, some: [T; N]) -> T {
        some[self.index(N)]
    }
}
