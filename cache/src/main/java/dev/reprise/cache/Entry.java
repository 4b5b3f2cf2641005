package dev.reprise.cache;

import dev.reprise.lineage.Key;
import dev.reprise.runtime.Value;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What the map holds for one key.
 *
 * <pre>
 *   (new) --> CLAIMED --complete, kept--> RESIDENT --evict--> EVICTED --probe--> CLAIMED ...
 *              |    ^                      |    ^                |
 *              |    |                  spill    | held again     +-- forgotten
 *              |    |                      v    |                |
 *              |    |                     SPILLING --no room-> EVICTED
 *              |  probe: fetch               | written
 *              |    |                        v
 *              |    +-------------------- ON DISK --evict----> EVICTED
 *              |
 *              +-- complete, not kept; fail; abandon with nobody left --> RETIRED
 * </pre>
 *
 * <p>A value that is fetched from disk is an ordinary claim, whose owner reads instead of
 * computing: those who come meanwhile subscribe, and if the copy is damaged or there is no room,
 * the claim is abandoned and the first of them computes the value.
 *
 * <p><b>Threads.</b> {@code state} changes by compare-and-set only. CLAIMED is left by the holder
 * of the one open {@link Claim} alone; others may only add themselves as subscribers. RESIDENT is
 * left by whoever evicts under the lock of {@link VictimQueue}, SPILLING by the writer of the disk
 * or who finds the value written already, ON DISK by a probe or by who makes room on the disk,
 * EVICTED by a probe or by the ghosts' bound. The facts and {@code credit} are written by the owner
 * before it publishes RESIDENT, and so is {@code onlyForGroups}, which whoever finds the value by
 * itself clears. The remaining fields belong to {@link VictimQueue} under its lock.
 */
final class Entry extends Candidate {
  /** What a value is charged at least: the entry, its key, its place in the map, and a scalar. */
  static final long SCALAR_BYTES = 64;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Entry.class, "state", State.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  // Publishes the value with its facts, and the subscribers to the owner.
  private volatile State state;

  private Credit credit;

  // A hint for ranking: whoever sees it late ranks the value too low or too high for a moment.
  private volatile boolean onlyForGroups;

  /** Next in the list of admissions that the victim queue has not seen yet. */
  Entry nextAdmitted;

  /** Score under which the entry lies in the victim queue. */
  double queuedScore;

  /** Score of the entry without its groups at that time. */
  double queuedOwnScore;

  /** Last access when it was put there. */
  long queuedAccess;

  /** The heap in which the entry lies, and where; null when in none. */
  ScoreHeap heap;

  int heapIndex;

  /** Calls and blocks that can be skipped with the value and others. */
  List<ValueGroup> groups = List.of();

  boolean wasInGroup;

  /** Whether the entry lies in the list of ghosts. */
  boolean isGhost;

  Entry(Key key, State state) {
    super(key);
    this.state = state;
  }

  /** The charge for a value: its bytes, at least {@link #SCALAR_BYTES}. */
  static long chargeFor(Value value) {
    return Math.max(value.bytes(), SCALAR_BYTES);
  }

  State state() {
    return state;
  }

  boolean change(State from, State to) {
    return STATE.compareAndSet(this, from, to);
  }

  /** Sets what is known of the value; by the owner, before the entry becomes resident. */
  void describe(long costNanos, long height, long bytes, Credit credit, long now) {
    this.credit = credit;
    describe(costNanos, height, bytes, now);
  }

  /** By who made the entry, before it becomes resident: no instruction has asked for the value. */
  void keepForGroupsOnly() {
    onlyForGroups = true;
  }

  boolean isOnlyForGroups() {
    return onlyForGroups;
  }

  /** An instruction has asked for the value, whoever put it there. */
  void isUsedByItself() {
    if (onlyForGroups) {
      onlyForGroups = false;
    }
  }

  /**
   * Whether the value, by itself or with a group, saves more than so much for each value; under the
   * lock of the victim queue.
   */
  boolean savesMoreThan(ToDoubleFunction<Entry> nanos) {
    boolean countsAlone = !onlyForGroups || !wasInGroup;
    if (countsAlone && costNanos() > nanos.applyAsDouble(this)) {
      return true;
    }
    for (ValueGroup group : groups) {
      if (group.savesMoreThan(nanos)) {
        return true;
      }
    }
    return false;
  }

  @Override
  void countHit(long now) {
    super.countHit(now);
    credit.found();
  }
}
