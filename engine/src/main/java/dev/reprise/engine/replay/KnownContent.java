package dev.reprise.engine.replay;

import dev.reprise.engine.stored.KnownForm;
import dev.reprise.engine.stored.Loading;
import dev.reprise.engine.value.CompleteInputs;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.AbsentValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Value;
import dev.reprise.store.Artifact;
import java.util.function.LongSupplier;

/**
 * The cells of a matrix or frame that an earlier run has computed, for when something needs them:
 * loaded from the experiment store or computed from what it was made of, whichever is planned to
 * take less.
 *
 * <p>It holds references to the values that it was made of, so the cells can be had whatever
 * becomes of the store and of files that were read. Used by the thread that makes the cells, which
 * has nothing pinned; it claims nothing and waits for no operation, since all these values are
 * complete.
 */
public final class KnownContent implements AbsentValue.Source {
  /** Absent values below one another; a longer chain is made when it is met. */
  static final int MOST_DEPTH = 32;

  /**
   * What is known of a value whose cells are not there.
   *
   * @param artifact what the store has of it; null when it was not worth its bytes
   */
  public record Facts(LineageItem item, KnownForm form, Artifact artifact) {}

  private final Sources sources;
  private final Facts facts;
  private final CompleteInputs inputs;
  private final LongSupplier computingNanos;

  private KnownContent(
      Sources sources, Facts facts, CompleteInputs inputs, LongSupplier computingNanos) {
    this.sources = sources;
    this.facts = facts;
    this.inputs = inputs;
    this.computingNanos = computingNanos;
  }

  /**
   * The value, absent; null when it cannot be computed from these values alone without waiting.
   * Asked only where the session may defer values.
   *
   * @param inputs what it was made of; null when some of it is still to come
   * @param computingNanos what computing it takes; asked when it is needed, by any thread
   */
  public static AbsentValue<?> of(
      Sources sources, Facts facts, CompleteInputs inputs, LongSupplier computingNanos) {
    if (inputs == null || inputs.depth() >= MOST_DEPTH) {
      return null;
    }
    inputs.retain();
    sources.resources().stored().counts().deferred();
    return facts.form().absent(new KnownContent(sources, facts, inputs, computingNanos));
  }

  @Override
  public Value make() {
    try (ContentPlan plan =
        new ContentPlan(sources, facts.item(), facts.artifact(), computingNanos, inputs.byKey())) {
      return plan.execute();
    } catch (OperandException e) {
      throw new ResourceException(
          "a value that an earlier run has computed cannot be computed again: " + e.getMessage());
    }
  }

  @Override
  public int depth() {
    return inputs.depth() + 1;
  }

  @Override
  public long nanos() {
    long computing = computingNanos.getAsLong();
    return facts.artifact() == null
        ? computing
        : Math.min(computing, Loading.nanos(facts.artifact()));
  }

  @Override
  public void close() {
    inputs.release();
  }
}
