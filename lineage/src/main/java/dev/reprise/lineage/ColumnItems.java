package dev.reprise.lineage;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Visits the items from elsewhere that a body's columns hold, those of inner runs included. */
final class ColumnItems {
  private final Consumer<LineageItem> sink;
  // Bodies of inner runs, each visited once: the same one may be in many places.
  private Set<RunBody> seen;

  private ColumnItems(Consumer<LineageItem> sink) {
    this.sink = sink;
  }

  static List<LineageItem> of(RunBody body) {
    List<LineageItem> items = new ArrayList<>();
    visit(body, -1, Long.MAX_VALUE, items::add);
    return items;
  }

  /**
   * Visits what columns hold from an iteration on that comes after {@code after} and not after
   * {@code last}; what did so before, or does so later, is left out.
   */
  static void visit(RunBody body, long after, long last, Consumer<LineageItem> sink) {
    if (body.hasObjects()) {
      new ColumnItems(sink).add(body, after, last);
    }
  }

  private void add(RunBody body, long after, long last) {
    for (int p = 0; p < body.patchCount(); p++) {
      Patch patch = body.patch(p);
      if (!patch.hasObjects || body.firstUse(p) > last) {
        continue;
      }
      for (int v = 0; v < patch.values.length; v++) {
        if (patch.values[v].kind() == ValueKind.ITEM) {
          ObjectColumn column = body.objects(p, v);
          int end = column.endUpTo(last);
          for (int i = column.endUpTo(after); i < end; i++) {
            sink.accept((LineageItem) column.value(i));
          }
        }
      }
      if (patch.innerRuns > 0) {
        addInner(body, p, patch, after, last);
      }
    }
  }

  private void addInner(RunBody body, int path, Patch patch, long after, long last) {
    for (Object node : patch.nodes) {
      if (!(node instanceof Patch.InnerRun inner)) {
        continue;
      }
      if (inner.body() == null) {
        ObjectColumn column = body.bodyColumn(path, inner);
        int end = column.endUpTo(last);
        for (int i = column.endUpTo(after); i < end; i++) {
          addWhole((RunBody) column.value(i));
        }
      } else if (body.firstUse(path) > after) {
        addWhole(inner.body());
      }
    }
  }

  private void addWhole(RunBody inner) {
    if (!inner.hasObjects()) {
      return;
    }
    if (seen == null) {
      seen = Collections.newSetFromMap(new IdentityHashMap<>());
    }
    if (seen.add(inner)) {
      add(inner, -1, Long.MAX_VALUE);
    }
  }
}
