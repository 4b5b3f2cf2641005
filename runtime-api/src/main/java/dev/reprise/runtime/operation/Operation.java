package dev.reprise.runtime.operation;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * An opcode with its constant attributes: what the compiler emits, what a lineage item is built
 * from and what a kernel receives. Immutable; equality is by opcode and attributes.
 *
 * <p>The 128-bit fingerprint (XXH3-128 over the canonical text) is the same in every process and is
 * computed once, when first asked for.
 */
public final class Operation {
  /** What scripts write for opcodes that only the compiler emits. */
  private static final Map<String, String> SCRIPT_NAMES =
      Map.ofEntries(
          Map.entry("matmul", "%*%"),
          Map.entry("tsmm", "%*%"),
          Map.entry("mmchain", "%*%"),
          Map.entry("negate", "-"),
          Map.entry("log_base", "log"),
          Map.entry("rightIndex", "[...]"),
          Map.entry("leftIndex", "[...]"),
          Map.entry("listIndex", "[...]"),
          Map.entry("listAssign", "[...]"),
          Map.entry("listAppend", "append"),
          Map.entry("listRemove", "remove"));

  /** The attribute that states the width of the result's cells; fp64 when absent. */
  private static final String PRECISION = "precision";

  private static final String PRECISION_FP32 = "fp32";

  /** The attribute that states to what a product rounds its operands; to nothing when absent. */
  private static final String PRODUCTS = "products";

  private final Opcode opcode;
  private final Attributes attributes;
  private final Precision precision;
  private final ProductPrecision products;
  private final Place place;
  // Written once by whichever thread asks first, always with the same content; the record is
  // immutable, so a racy read sees either null or a complete value.
  private Fingerprint fingerprint;

  private record Fingerprint(long high, long low) {}

  /**
   * An operation that stands at no place.
   *
   * @param opcode row of the table
   * @param attributes all that its result depends on beside operands
   */
  public Operation(Opcode opcode, Attributes attributes) {
    this(opcode, attributes, null);
  }

  private Operation(Opcode opcode, Attributes attributes, Place place) {
    this.opcode = opcode;
    this.place = place;
    this.attributes = attributes;
    this.precision =
        PRECISION_FP32.equals(attributes.get(PRECISION)) ? Precision.FP32 : Precision.FP64;
    this.products =
        opcode.roundsOperands() && precision == Precision.FP32
            ? products(attributes.get(PRODUCTS))
            : ProductPrecision.FULL;
  }

  private static ProductPrecision products(String word) {
    for (ProductPrecision each : ProductPrecision.values()) {
      if (each.word().equals(word)) {
        return each;
      }
    }
    return ProductPrecision.FULL;
  }

  /**
   * An operation without attributes.
   *
   * @param opcode row of the table
   */
  public Operation(Opcode opcode) {
    this(opcode, Attributes.none());
  }

  /** {@return the row of the table} */
  public Opcode opcode() {
    return opcode;
  }

  /** {@return all that the result depends on beside operands} */
  public Attributes attributes() {
    return attributes;
  }

  /**
   * {@return the width to which the cells of a resulting matrix are rounded. It is an attribute, so
   * it is part of the key}
   */
  public Precision precision() {
    return precision;
  }

  /**
   * The same operation with results of another width.
   *
   * @param wanted width
   * @return this one when it has it
   * @throws IllegalArgumentException when fp32 is to become fp64 again
   */
  public Operation withPrecision(Precision wanted) {
    if (wanted == precision) {
      return this;
    }
    if (wanted == Precision.FP64) {
      throw new IllegalArgumentException("an fp32 operation does not become fp64 again");
    }
    return new Operation(opcode, attributes.with(PRECISION, PRECISION_FP32), place);
  }

  /**
   * {@return to what a product rounds its operands. It is an attribute, so it is part of the key}
   */
  public ProductPrecision products() {
    return products;
  }

  /**
   * The same operation; a product of fp32 rounds its operands so, others know nothing of it.
   *
   * @param wanted to what operands are rounded
   * @return this one where that changes nothing
   */
  public Operation withProducts(ProductPrecision wanted) {
    if (wanted == products || !opcode.roundsOperands() || precision != Precision.FP32) {
      return this;
    }
    return new Operation(opcode, attributes.with(PRODUCTS, wanted.word()), place);
  }

  /**
   * The same operation, noted to stand at a place of a script.
   *
   * @param written where
   * @return an equal operation
   */
  public Operation at(Place written) {
    Operation placed = new Operation(opcode, attributes, written);
    placed.fingerprint = fingerprint;
    return placed;
  }

  /**
   * {@return where a script has the operation, or null: a note for messages about traces. Not part
   * of equality, hence never to be seen by anything that computes}
   */
  public Place place() {
    return place;
  }

  /** {@return the opcode's name} */
  public String name() {
    return opcode.name();
  }

  /** {@return what a script writes for this operation; for messages} */
  public String scriptName() {
    return scriptName(name());
  }

  /**
   * What a script writes for an opcode; for messages.
   *
   * @param opcode its name
   * @return the same name where nothing else is written
   */
  public static String scriptName(String opcode) {
    return SCRIPT_NAMES.getOrDefault(opcode, opcode);
  }

  /** {@return the upper half of the fingerprint} */
  public long fingerprintHigh() {
    return fingerprint().high;
  }

  /** {@return the lower half of the fingerprint} */
  public long fingerprintLow() {
    return fingerprint().low;
  }

  private Fingerprint fingerprint() {
    Fingerprint known = fingerprint;
    if (known == null) {
      known = computeFingerprint();
      fingerprint = known;
    }
    return known;
  }

  /**
   * By XXH3, not by SHA-256: nobody is to be kept from making two operations alike, and the JDK's
   * looks for its security providers, which takes some 15 ms of a process, and compresses bytes by
   * interpreted loops.
   */
  private Fingerprint computeFingerprint() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
    append(bytes, opcode.name());
    for (Map.Entry<String, String> attribute : attributes.asMap().entrySet()) {
      append(bytes, attribute.getKey());
      append(bytes, attribute.getValue());
    }
    HashValue128 hash = Hashing.xxh3_128().hashBytesTo128Bits(bytes.toByteArray());
    return new Fingerprint(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
  }

  /** Length-prefixed, so that no two lists of texts give the same bytes. */
  private static void append(ByteArrayOutputStream all, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = bytes.length;
    for (int shift = 24; shift >= 0; shift -= 8) {
      all.write(length >> shift);
    }
    all.write(bytes, 0, length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Operation that
        && opcode.equals(that.opcode)
        && attributes.equals(that.attributes);
  }

  @Override
  public int hashCode() {
    return 31 * opcode.hashCode() + attributes.hashCode();
  }

  @Override
  public String toString() {
    return attributes.isEmpty() ? name() : name() + attributes;
  }
}
