package dev.reprise.runtime.cpu.code;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;

/** Code that differs between precisions, made when it is first needed. Any thread. */
final class PrecisionCode {
  private final String what;
  private final Function<Precision, byte[]> maker;

  // Segments are immutable, so a thread that sees one without the lock sees all of it.
  private final MemorySegment[] codes = new MemorySegment[2];

  /**
   * Makes nothing yet.
   *
   * @param what the code computes, for who is told that there is no memory for it
   */
  PrecisionCode(String what, Function<Precision, byte[]> maker) {
    this.what = what;
    this.maker = maker;
  }

  MemorySegment of(Precision precision) {
    MemorySegment code = codes[precision.ordinal()];
    return code == null ? make(precision) : code;
  }

  private synchronized MemorySegment make(Precision precision) {
    int at = precision.ordinal();
    if (codes[at] == null) {
      try {
        codes[at] = ExecutableMemory.holding(maker.apply(precision));
      } catch (IOException e) {
        throw new ResourceException(what + " cannot be computed: " + e.getMessage(), e);
      }
    }
    return codes[at];
  }
}
