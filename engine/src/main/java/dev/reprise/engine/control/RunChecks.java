package dev.reprise.engine.control;

import dev.reprise.Numerics;
import dev.reprise.SessionConfig;
import dev.reprise.engine.check.ReuseVerifier;
import dev.reprise.engine.device.KernelRunner;
import dev.reprise.engine.worth.ReuseEstimate;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Value;

/**
 * What a session watches while operations run, each only when asked for.
 *
 * @param traps whether the run stops at the first NaN or infinity
 * @param verifier computes a sample of hits again; null when it does not
 * @param estimate counts what reuse would save; null when it does not
 */
public record RunChecks(boolean traps, ReuseVerifier verifier, ReuseEstimate estimate) {

  /** True when every operation that reuse has to do with is to be seen. */
  public boolean looksAtAll() {
    return traps || verifier != null || estimate != null;
  }

  /** What an operation is known by that may fail after the program has gone on. */
  public Origin leftBehind(Origin origin, Value[] inputs, LineageItem item) {
    return (traps ? origin.with(item) : origin).leftBehind(inputs);
  }

  public static RunChecks of(SessionConfig config, KernelRunner kernels) {
    boolean exact = config.numerics() == Numerics.EXACT;
    return new RunChecks(
        !config.traps().isEmpty(),
        config.verifyReuse() == 0 ? null : new ReuseVerifier(config.verifyReuse(), exact, kernels),
        config.estimate() ? new ReuseEstimate() : null);
  }
}
