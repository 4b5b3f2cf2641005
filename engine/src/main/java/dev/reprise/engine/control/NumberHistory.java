package dev.reprise.engine.control;

import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.operation.Operation;

/**
 * How a number came to be, as far as {@link CountedNumbers} looks: as items, or as the symbols that
 * stand for them along a recorded path.
 */
public interface NumberHistory {
  boolean isLiteral();

  /** What made it; null for a literal, and for what a loop carries on. */
  Operation operation();

  int inputCount();

  NumberHistory input(int position);

  /** As items. */
  record OfItem(LineageItem item) implements NumberHistory {
    @Override
    public boolean isLiteral() {
      return item.isLiteral();
    }

    @Override
    public Operation operation() {
      return item.operation();
    }

    @Override
    public int inputCount() {
      return item.inputCount();
    }

    @Override
    public NumberHistory input(int position) {
      return new OfItem(item.input(position));
    }
  }
}
