package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.cpu.CellSource;

/** An aggregate over cells that need not be in memory. */
@FunctionalInterface
public interface SourceAggregate {

  /** A scalar, or a vector that the caller owns. */
  Operand of(CellSource cells, ExecutionContext context);
}
