package dev.reprise.memory;

import java.util.ArrayList;
import java.util.List;

/**
 * The views of one matrix, and when they leave it.
 *
 * <pre>
 *   the last reference beside the views is given back   few rows: the views are copied, the matrix is freed
 *   somebody is about to write in place                 likewise: then it is his alone
 *   memory is short                                     likewise, where the views alone keep the matrix
 *   the cache keeps a view                              it is copied
 *   an operation that reads a view ran short            it is copied, the whole matrix can leave memory
 * </pre>
 *
 * <p><em>Few</em> are rows that make up at most half of the matrix: more than twice of what is
 * needed is never kept, and at most once is copied what a slice would have copied at once. Where
 * there is no room for that, the matrix stays, and can go to disk like any other.
 *
 * <p><b>Threads.</b> Any. The list is guarded by the monitor of this, held for a few steps; nothing
 * is called while it is. Each view holds one reference to the matrix from before it is entered
 * until after it has been taken out; so the matrix has no other reference when it has as many as
 * there are views here. {@code separating} lets one thread go through them.
 */
final class Views {
  private final ManagedMatrix whole;
  private final List<RowsView> members = new ArrayList<>();
  private long bytes;
  private boolean separating;

  Views(ManagedMatrix whole) {
    this.whole = whole;
  }

  synchronized void add(RowsView view) {
    view.place = members.size();
    members.add(view);
    bytes += view.bytes();
  }

  synchronized void remove(RowsView view) {
    RowsView last = members.removeLast();
    if (last != view) {
      members.set(view.place, last);
      last.place = view.place;
    }
    bytes -= view.bytes();
  }

  /** Hears that one has been copied. */
  void separated() {
    whole.home().viewSeparated();
  }

  /** By whoever has given a reference back: if views alone keep the matrix, few rows leave it. */
  void referenceLeft() {
    separateIfHeldBy(0);
  }

  /** True when views alone keep the matrix. */
  synchronized boolean areAlone() {
    return !members.isEmpty() && whole.references() == members.size();
  }

  /**
   * Separates the views, if they are few rows and the matrix is held by so many others at most; as
   * far as that is possible at once.
   */
  void separateIfHeldBy(int others) {
    List<RowsView> few = few(others);
    if (few == null) {
      return;
    }
    try {
      for (RowsView view : few) {
        if (view.tryRetain()) {
          try {
            view.trySeparate();
          } finally {
            view.release();
          }
        }
      }
    } finally {
      synchronized (this) {
        separating = false;
      }
    }
  }

  private synchronized List<RowsView> few(int others) {
    if (separating
        || members.isEmpty()
        || whole.references() > members.size() + others
        || bytes > whole.bytes() / 2) {
      return null;
    }
    separating = true;
    return List.copyOf(members);
  }
}
