package dev.reprise.lineage;

/**
 * Numbers the runs that one thread of control builds, so that a loop knows which runs were born in
 * its current iteration: they are nodes of its patch, while older ones are inputs. A parfor worker
 * has a scope inside that of the thread that entered the loop. Owned by its thread.
 */
public final class RunScope {
  private final RunScope parent;
  private final long bornAt;
  private long next;

  /** The scope of a thread that no other waits for. */
  public RunScope() {
    this(null);
  }

  /** The scope of a worker of a parfor loop, or of the main thread when the parent is null. */
  public RunScope(RunScope parent) {
    this.parent = parent;
    this.bornAt = parent == null ? 0 : parent.next++;
  }

  /** A mark: what is numbered from now on is born later. */
  public long mark() {
    return next;
  }

  /** A moment of a thread, from which on what it and its workers number is born later. */
  public record Since(RunScope scope, long mark) {}

  /** What is numbered from now on. */
  public Since now() {
    return new Since(this, next);
  }

  long number() {
    return next++;
  }

  /** True when what had this number here was born in the other scope since its mark. */
  boolean isSince(long number, RunScope other, long mark) {
    RunScope scope = this;
    long at = number;
    while (scope != null) {
      if (scope == other) {
        return at >= mark;
      }
      at = scope.bornAt;
      scope = scope.parent;
    }
    return false;
  }
}
