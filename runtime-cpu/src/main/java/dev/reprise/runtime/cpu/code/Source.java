package dev.reprise.runtime.cpu.code;

/** What an instruction reads beside its registers: a further one, or a number for all lanes. */
sealed interface Source {

  /** A register, by its number. */
  record Register(int number) implements Source {}

  /** A number that lies behind the code, as the bits of a double. */
  record Constant(long bits) implements Source {}

  /** A number of the call, by its place. */
  record Parameter(int number) implements Source {}

  static Source register(int number) {
    return new Register(number);
  }

  static Source constant(double value) {
    return new Constant(Double.doubleToRawLongBits(value));
  }

  static Source constantBits(long bits) {
    return new Constant(bits);
  }

  static Source parameter(int number) {
    return new Parameter(number);
  }
}
