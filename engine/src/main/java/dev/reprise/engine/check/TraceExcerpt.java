package dev.reprise.engine.check;

import dev.reprise.ScriptException;
import dev.reprise.engine.file.TraceFile;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.Trace;
import dev.reprise.lineage.TraceText;
import dev.reprise.runtime.ResourceException;
import java.nio.file.Path;

/**
 * Adds to a failure about a value what the value is made of: the items nearest to it in the
 * message, all of them in a lineage file that questions can be asked about.
 */
public final class TraceExcerpt {
  private static final int SHOWN = 20;

  private TraceExcerpt() {}

  /** The failure with the trace behind it, if it is one about a value. */
  public static ScriptException added(ScriptException failure, Path workingDirectory) {
    return switch (failure.getCause()) {
      case TrapException trap when trap.item() != null ->
          failure.withNotes(text(trap.item(), workingDirectory, "trap"));
      case ReuseMismatch mismatch ->
          failure.withNotes(text(mismatch.item(), workingDirectory, "mismatch"));
      case null, default -> failure;
    };
  }

  private static String text(LineageItem item, Path workingDirectory, String name) {
    Trace trace = Trace.of(item);
    String nearest =
        "  made of (nearest first"
            + (trace.size() > SHOWN ? ", " + SHOWN + " of " + trace.size() + " items" : "")
            + "):\n"
            + TraceText.nearest(trace, SHOWN).indent(4);
    return nearest + "  " + kept(item, workingDirectory, name);
  }

  private static String kept(LineageItem item, Path workingDirectory, String name) {
    try {
      TraceFile.write(workingDirectory, name, item);
    } catch (ResourceException e) {
      return "the whole trace is not kept: " + e.getMessage();
    }
    return "the whole trace: reprise lineage "
        + name
        + ".lineage; what went into it: reprise replay "
        + name
        + ".lineage --until %N";
  }
}
