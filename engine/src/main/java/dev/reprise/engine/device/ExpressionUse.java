package dev.reprise.engine.device;

import dev.reprise.runtime.accelerator.CellExpression;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often expressions have come. A kernel of an expression costs its device a compilation, which
 * takes as long as many launches: so it is made once the same expression has come often, or has
 * computed many cells. Thread-safe; the counts are guarded by their map.
 */
public final class ExpressionUse {
  /**
   * Cells that an expression has computed, over all its operations, when it gets its kernel: a pass
   * over so many takes a processor about as long as compiling does.
   */
  private static final long MANY_CELLS = 1 << 24;

  /** How often an expression on few cells comes before it gets its kernel. */
  private static final int MANY_TIMES = 8;

  /** Expressions that are counted; the one that came longest ago is forgotten. */
  private static final int MOST_EXPRESSIONS = 1024;

  private static final class Use {
    private long times;
    private long cells;
  }

  private final Map<CellExpression, Use> uses =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<CellExpression, Use> eldest) {
          return size() > MOST_EXPRESSIONS;
        }
      };

  /**
   * Counts an expression that has come; true when it is worth a kernel by now.
   *
   * @param cells of its root
   */
  public boolean isWorthKernel(CellExpression expression, long cells) {
    synchronized (uses) {
      Use use = uses.computeIfAbsent(expression, _ -> new Use());
      use.times++;
      use.cells += cells * expression.nodes().size();
      return use.times > MANY_TIMES || use.cells >= MANY_CELLS;
    }
  }
}
