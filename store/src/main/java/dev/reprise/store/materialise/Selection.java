package dev.reprise.store.materialise;

import java.util.BitSet;

/**
 * The artifacts to keep.
 *
 * @param kept by number of vertex
 * @param bytes what they take together, shared chunks once
 */
public record Selection(BitSet kept, long bytes) {
  /** Copies the set. */
  public Selection {
    kept = (BitSet) kept.clone();
  }

  @Override
  public BitSet kept() {
    return (BitSet) kept.clone();
  }

  /** Whether an artifact is to be kept. */
  public boolean keeps(int vertex) {
    return kept.get(vertex);
  }
}
