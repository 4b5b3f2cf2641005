package dev.reprise.runtime.cpu.code;

import dev.reprise.runtime.Precision;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;

/** Code that differs between precisions, made when it is first needed. Any thread. */
final class PrecisionCode {
  private final CodeTable codes;

  /**
   * Makes nothing yet.
   *
   * @param what the code computes, for who is told that there is no memory for it
   */
  PrecisionCode(String what, Function<Precision, byte[]> maker) {
    Precision[] precisions = Precision.values();
    codes = new CodeTable(what, precisions.length, number -> maker.apply(precisions[number]));
  }

  MemorySegment of(Precision precision) {
    return codes.of(precision.ordinal());
  }
}
