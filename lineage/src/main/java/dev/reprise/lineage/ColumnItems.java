package dev.reprise.lineage;

import java.util.ArrayList;
import java.util.List;

/** The items from elsewhere that a body's columns hold, those of inner runs included. */
final class ColumnItems {
  private ColumnItems() {}

  static List<LineageItem> of(RunBody body) {
    List<LineageItem> items = new ArrayList<>();
    add(body, items);
    return items;
  }

  private static void add(RunBody body, List<LineageItem> items) {
    for (int p = 0; p < body.patchCount(); p++) {
      Patch patch = body.patch(p);
      for (int v = 0; v < patch.values.length; v++) {
        if (patch.values[v].kind() == ValueKind.ITEM) {
          ObjectColumn column = body.objects(p, v);
          for (int i = 0; i < column.size(); i++) {
            items.add((LineageItem) column.value(i));
          }
        }
      }
      for (Object node : patch.nodes) {
        if (node instanceof Patch.InnerRun inner) {
          addInner(body, p, inner, items);
        }
      }
    }
  }

  private static void addInner(
      RunBody body, int path, Patch.InnerRun inner, List<LineageItem> items) {
    if (inner.body() != null) {
      add(inner.body(), items);
      return;
    }
    ObjectColumn bodies = body.objects(path, body.patch(path).values.length + inner.ordinal());
    for (int i = 0; i < bodies.size(); i++) {
      add((RunBody) bodies.value(i), items);
    }
  }
}
