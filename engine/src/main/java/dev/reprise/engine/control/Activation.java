package dev.reprise.engine.control;

import dev.reprise.ScriptException;
import dev.reprise.engine.worth.Asking;
import dev.reprise.language.Position;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * The variables of one call of a procedure: values and their lineage items by slot, constants
 * behind the slots. Owned by one control thread.
 *
 * <p>A slot holds one reference to its value, which may be a handle that completes later.
 */
public final class Activation {
  /** So many items are never too many. */
  private static final long FIRST_LOOK = 16_384;

  public final FrameLayout layout;
  public final Value[] values;

  /** Lineage items by slot; null when nothing is traced, or while a recorder is at work. */
  public LineageItem[] items;

  /** Knows the items from the path of an iteration that is being run without them; else null. */
  public UntracedIteration recorder;

  /** Inputs of regions that are being executed here, innermost first; null for none. */
  private Held held;

  /** True in an iteration that is asked for all its values: see {@link Asking}. */
  public boolean sampled;

  /** How often traces were cut here; loops around then begin new runs. */
  public int cuts;

  // Items that were bound here and in calls from here, and when to look at what they take.
  private long made;
  private long lastLook;
  private long nextLook = FIRST_LOOK;

  private final Activation caller;
  private final Position callSite;

  public Activation(FrameLayout layout, Activation caller, Position callSite, boolean traced) {
    this.layout = layout;
    this.caller = caller;
    this.callSite = callSite;
    int slots = layout.slotCount();
    Scalar[] constants = layout.constants();
    this.values = new Value[slots + constants.length];
    System.arraycopy(constants, 0, values, slots, constants.length);
    this.items = traced ? new LineageItem[values.length] : null;
    if (traced) {
      System.arraycopy(layout.constantItems(), 0, items, slots, constants.length);
    }
  }

  /** A copy for a parfor worker: same variables, own slots. */
  private Activation(Activation original) {
    this.layout = original.layout;
    this.caller = original.caller;
    this.callSite = original.callSite;
    this.values = original.values.clone();
    this.items = original.items == null ? null : original.items.clone();
    for (int i = 0; i < layout.slotCount(); i++) {
      if (values[i] != null) {
        values[i].retain();
      }
    }
  }

  public Activation copyForWorker() {
    return new Activation(this);
  }

  public boolean isTraced() {
    return items != null;
  }

  /** True while a step runs untraced that may ask for its items: see {@link #traceAgain}. */
  public boolean isRecorded() {
    return recorder != null;
  }

  /** Brings the items back that a recorder has left out; before the step changes anything. */
  public void traceAgain() {
    if (recorder != null) {
      recorder.traceAgain();
    }
  }

  /** Items that are kept until a region has been executed, and those of the regions around. */
  private record Held(LineageItem[] items, Held around) {}

  /**
   * Lets whoever cuts the variables' traces cut these, too: the array's items may be replaced by
   * others with their keys until {@link #letGo}.
   */
  public void hold(LineageItem[] items) {
    held = new Held(items, held);
  }

  /** Ends the last {@link #hold}. */
  public void letGo() {
    held = held.around;
  }

  /** The arrays that are held, innermost first. */
  public List<LineageItem[]> held() {
    List<LineageItem[]> all = new ArrayList<>();
    for (Held each = held; each != null; each = each.around) {
      all.add(each.items);
    }
    return all;
  }

  public LineageItem item(int slot) {
    // Read once: a late failure is located by another thread.
    LineageItem[] known = items;
    return known == null ? null : known[slot];
  }

  /** Stores a value, taking over the caller's reference, and gives up what was there. */
  public void bind(int slot, Value value, LineageItem item) {
    if (slot < 0) {
      value.release();
      return;
    }
    Value previous = values[slot];
    values[slot] = value;
    if (items != null) {
      items[slot] = item;
      made++;
    } else if (recorder != null) {
      made++;
    }
    if (previous != null) {
      previous.release();
    }
  }

  /** How many items were bound here and in calls from here, recorded ones included. */
  long made() {
    return made;
  }

  /** True when so many items were made that somebody should look at what they take. */
  public boolean hasMadeManyItems() {
    return made >= nextLook;
  }

  /** As the other, for a moment at which a look is of more use than at most others. */
  public boolean hasMadeItems() {
    return made - lastLook >= Math.max(FIRST_LOOK, (nextLook - lastLook) / 4);
  }

  void lookAgainAfter(long items) {
    lastLook = made;
    nextLook = made + items;
  }

  /** Counts items that were made here beside those that are bound. */
  public void addItems(long count) {
    if (items != null) {
      made += count;
    }
  }

  /** Counts the items of a call that has ended. */
  public void addItemsOf(Activation callee) {
    made += callee.made;
  }

  /** The variable's reference has been given away: it has no value until it is bound. */
  public void forget(int slot) {
    values[slot] = null;
    if (items != null) {
      items[slot] = null;
    }
  }

  public void clear(int slot) {
    Value previous = values[slot];
    if (previous != null) {
      forget(slot);
      previous.release();
    }
  }

  public void clearAll(int[] slots) {
    for (int slot : slots) {
      clear(slot);
    }
  }

  /** Gives up every variable; the activation is not used afterwards. */
  public void leave() {
    for (int i = 0; i < layout.slotCount(); i++) {
      clear(i);
    }
  }

  /** The script's call stack, innermost first. */
  List<ScriptException.Call> calls() {
    List<ScriptException.Call> calls = new ArrayList<>();
    for (Activation a = this; a.caller != null; a = a.caller) {
      calls.add(new ScriptException.Call(a.layout.name(), a.callSite));
    }
    return calls;
  }
}
