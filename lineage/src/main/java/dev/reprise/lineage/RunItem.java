package dev.reprise.lineage;

/**
 * An item that stands for a place in a run instead of holding operation and inputs: node n of an
 * iteration, or a carried variable after it. It answers like the item that it stands for, by making
 * that item, without what is below, when it is first asked; its key is computed without making any.
 */
final class RunItem extends LineageItem {
  final Run run;
  final long iteration;

  /** Node of the iteration's patch, or {@code ~c} for carried variable c after the iteration. */
  final int place;

  // Made when asked for; immutable but for keys, so any thread may see any copy of it.
  private LineageItem view;

  // Height plus one, 0 until it is known; every thread computes the same.
  private int lateHeight;

  RunItem(Run run, long iteration, int place, int height) {
    super(height);
    this.run = run;
    this.iteration = iteration;
    this.place = place;
  }

  /** Found when the key is computed, which may be known without it. */
  int lateHeight() {
    if (lateHeight == 0) {
      run.keys.inputsWithoutKey(iteration, LineageItem::keyHigh);
      if (!run.keys.tryCompute(this)) {
        throw new IllegalStateException("an input of a run has no key");
      }
    }
    return lateHeight - 1;
  }

  /** The height if it is known, else {@link LineageItem#UNKNOWN}. */
  int knownHeight() {
    int height = heightOrUnknown();
    return height == UNKNOWN ? lateHeight - 1 : height;
  }

  void setLate(long high, long low, int height) {
    lateHeight = height + 1;
    setKey(high, low);
  }

  LineageItem view() {
    LineageItem known = view;
    if (known == null) {
      known = run.expand(this);
      view = known;
    }
    return known;
  }

  /** What a variable was before a run whose iterations so far have left it alone; else the item. */
  static LineageItem settled(LineageItem item) {
    LineageItem at = item;
    while (at instanceof RunItem variable && variable.place < 0) {
      LineageItem initial = variable.run.initials[~variable.place];
      if (initial == null
          || !variable.run.body.leavesAlone(~variable.place, variable.iteration + 1)) {
        return at;
      }
      at = initial;
    }
    return at;
  }

  /** True when both are one item: the same object, or the same place of the same run. */
  static boolean isSame(LineageItem a, LineageItem b) {
    return a == b
        || (a instanceof RunItem x
            && b instanceof RunItem y
            && x.iteration == y.iteration
            && x.place == y.place
            && x.run.isSameAs(y.run));
  }

  /** A hash by which {@link #isSame} items are equal. */
  static int placeHash(LineageItem item) {
    return item instanceof RunItem place
        ? 31 * (31 * place.run.placeHash() + Long.hashCode(place.iteration)) + place.place
        : System.identityHashCode(item);
  }
}
