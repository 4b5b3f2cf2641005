package dev.reprise.lineage;

import dev.reprise.runtime.operation.Operation;
import java.util.Arrays;

/**
 * What the variables of a loop hold around one iteration, and what else the iteration may have
 * found: fixed variables, elements of lists, runs that were born in it. Elements of the lists among
 * the variables are variables of their own, behind those of the loop. Owned by one builder.
 */
final class LoopVariables {
  private final RunLoop loop;
  private final RunScope scope;
  private final boolean merges;
  private final int[] carried;
  // Elements of lists follow the variables themselves.
  private ListVariables lists;
  private LineageItem[] before;
  private LineageItem[] now;

  // Runs numbered from here on were born in the current iteration.
  private long mark;

  // Elements of the lists that the iteration found; made when asked for. Those of fixed variables
  // stay, those of the loop's variables are kept while these hold the same.
  private ListElements outerElements;
  private ListElements elements;

  /**
   * Before the first iteration.
   *
   * @param items of all variables around the loop, by slot
   * @param mark of the scope from which on runs were born in the first iteration
   * @param merges true when that holds for all iterations
   */
  LoopVariables(RunLoop loop, RunScope scope, LineageItem[] items, long mark, boolean merges) {
    this.loop = loop;
    this.scope = scope;
    this.mark = mark;
    this.merges = merges;
    this.carried = loop.carried();
    this.lists = loop.lists();
    this.before = new LineageItem[count()];
    this.now = items;
    begin(items);
  }

  /**
   * An iteration begins.
   *
   * @return true when there are other variables than before, elements of a list that the loop has
   *     met
   */
  boolean begin(LineageItem[] items) {
    for (int c = 0; c < carried.length; c++) {
      LineageItem item = items[carried[c]];
      if (item != before[c]) {
        if (elements != null && (ListElements.isList(before[c]) || ListElements.isList(item))) {
          elements = null;
        }
        before[c] = item;
      }
    }
    boolean others = lists != loop.lists();
    if (others) {
      lists = loop.lists();
      before = Arrays.copyOf(before, count());
    }
    for (int e = 0; e < lists.count(); e++) {
      // A list comes before its elements.
      before[carried.length + e] = lists.in(before[lists.list(e)], e);
    }
    if (!merges) {
      mark = scope.mark();
    }
    return others;
  }

  /** The iteration has ended with these items. */
  void end(LineageItem[] items) {
    now = items;
  }

  /** Tells the loop of lists that its variables hold now. */
  void tellLists() {
    for (int c = 0; c < carried.length; c++) {
      LineageItem item = now[carried[c]];
      if (ListElements.isList(item) || !lists.has(c) && isListOfInner(item)) {
        loop.foundList(c, item);
      }
    }
  }

  /** True for a list that an inner loop has left. */
  private boolean isListOfInner(LineageItem item) {
    int variable = item == null ? -1 : innerVariable(item);
    return variable >= 0
        && ((RunItem) item).run.body.makers().mayEndAsList(variable)
        && isListIn(item);
  }

  /** As {@link ListElements#isList}, whatever the item stands for, which is made. */
  static boolean isListIn(LineageItem item) {
    return item != null && !item.isLiteral() && item.name().equals("list");
  }

  /** Variables of the loop, then elements of the lists among them. */
  int count() {
    return carried.length + lists.count();
  }

  /** Slots of the variables that the loop writes. */
  int[] carried() {
    return carried;
  }

  /** Fixed variables around the loop. */
  int[] outerSlots() {
    return loop.outerSlots();
  }

  /** What a variable was when the iteration began. */
  LineageItem before(int variable) {
    return before[variable];
  }

  /** What a variable is at the end of the iteration. */
  LineageItem after(int variable) {
    if (variable < carried.length) {
      return now[carried[variable]];
    }
    int element = variable - carried.length;
    return lists.in(after(lists.list(element)), element);
  }

  /** The elements of lists at the end of the iteration. */
  LineageItem[] elementsAfter() {
    LineageItem[] after = new LineageItem[lists.count()];
    for (int e = 0; e < after.length; e++) {
      int list = lists.list(e);
      after[e] =
          lists.in(list < carried.length ? now[carried[list]] : after[list - carried.length], e);
    }
    return after;
  }

  /** False when no variable has changed but literals, which leave no trace. */
  boolean haveChanged() {
    for (int c = 0; c < carried.length; c++) {
      LineageItem item = now[carried[c]];
      if (item != null && item != before[c] && !item.isLiteral()) {
        return true;
      }
    }
    return false;
  }

  /**
   * The variable, at its end, of a run that was born in this iteration; negative for any other
   * item. The run of the loop itself is not complete.
   */
  int innerVariable(LineageItem item) {
    return item.isOfRun()
            && item instanceof RunItem output
            && output.run.isComplete()
            && output.run.isBornSince(scope, mark)
            && output.run.body.depth() < RunBody.DEPTH_LIMIT
        ? output.run.body.makers().variableAtEnd(output.iteration, output.place)
        : -1;
  }

  /** True when a variable holds a list that was made or changed here, whatever is in it. */
  boolean holdList() {
    for (int slot : carried) {
      LineageItem item = now[slot];
      Operation own = item == null ? null : item.ownOperation();
      if (own != null && own.name().startsWith("list")) {
        return true;
      }
    }
    return false;
  }

  /** True for an element of a list that the iteration found. */
  boolean isElement(LineageItem item) {
    if (outerElements == null) {
      outerElements = new ListElements();
      for (int slot : loop.outerSlots()) {
        outerElements.addOf(now[slot]);
      }
    }
    if (elements == null) {
      elements = new ListElements();
      for (LineageItem each : before) {
        elements.addOf(each);
      }
    }
    return outerElements.contains(item) || elements.contains(item);
  }
}
