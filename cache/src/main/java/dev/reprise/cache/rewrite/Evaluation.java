package dev.reprise.cache.rewrite;

import dev.reprise.cache.Claim;
import dev.reprise.cache.LineageCache;
import dev.reprise.lineage.Key;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;

/**
 * Computes a term: each of its terms once, by the kernels of the task that holds the claim. Waits
 * for others only where they compute or read a part at this moment. Used by one thread; closing
 * gives back all values but those that were taken.
 */
final class Evaluation implements AutoCloseable {
  private final PartialReuse session;
  private final LineageCache cache;
  private final PartialReuse.Kernels kernels;
  private final long height;
  private final Map<Term, Value> values = new IdentityHashMap<>();

  /**
   * Starts one.
   *
   * @param height of the claimed item; parts that are kept are charged as this high
   */
  Evaluation(PartialReuse session, LineageCache cache, PartialReuse.Kernels kernels, long height) {
    this.session = session;
    this.cache = cache;
    this.kernels = kernels;
    this.height = height;
  }

  /** The term's value, borrowed. */
  Value valueOf(Term term) {
    Value known = values.get(term);
    if (known == null) {
      known = term.make(this);
      values.put(term, known);
    }
    return known;
  }

  /** The term's value with a reference for the caller. */
  Value take(Term term) {
    Value value = valueOf(term);
    value.retain();
    return value;
  }

  Value run(Operation operation, Value[] inputs) {
    return kernels.run(operation, inputs);
  }

  Value run(Applied term, Value[] inputs, boolean isKept) {
    return isKept ? runKept(term, inputs) : kernels.run(term.operation(), inputs);
  }

  /**
   * A part that others may want: it is computed under a claim of its own, so that who asks for it
   * meanwhile gets it, and who computes it already is waited for. Its operands are there, so its
   * owner waits for memory alone, and never for the owner of a whole.
   */
  private Value runKept(Applied term, Value[] inputs) {
    Key key = term.facts().key();
    Claim claim = cache.atHand().claim(key);
    if (claim == null) {
      Value others = computedByOthers(key, term.cost());
      if (others != null) {
        return others;
      }
    }
    long start = System.nanoTime();
    try (claim) {
      Value value = kernels.run(term.operation(), inputs);
      if (claim != null) {
        claim.complete(value, System.nanoTime() - start, height, true);
      }
      session.completed(term.operation(), term.inputs(), term.facts(), value, term.cost());
      return value;
    }
  }

  /** Null when somebody owns the value who may not be waited for, or reading it takes longer. */
  private Value computedByOthers(Key key, double cost) {
    if (cache.atHand().nanos(key) >= cost) {
      return null;
    }
    try {
      return cache.atHand().await(key);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
  }

  Value bind(Operation bind, MatrixValue[] parts, Facts[] facts) {
    return Binds.bind(bind, parts, facts, kernels.joiner());
  }

  Value adopt(DenseMatrix matrix) {
    return ManagedMatrix.adopt(matrix);
  }

  <T> T inTurn(Supplier<T> attempt) {
    return kernels.inTurn(attempt);
  }

  Allocator allocator() {
    return kernels.allocator();
  }

  void used(Key key) {
    cache.credit(key);
  }

  void bought(Key whole) {
    session.rent().bought(whole);
  }

  @Override
  public void close() {
    values.values().forEach(Value::release);
  }
}
