package dev.reprise.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.formats.ValueContent.Fingerprint;
import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.Value;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Values as bytes and back, and bytes that somebody has changed. */
class ValueContentTest {
  private final CountingAllocator memory = new CountingAllocator();

  private record Written(byte[] bytes, Fingerprint fingerprint) {}

  @AfterEach
  void nothingIsLeftOpen() {
    assertThat(memory.open).hasValue(0);
  }

  private static Written write(Value value) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Fingerprint fingerprint = ValueContent.write(value, Channels.newChannel(bytes));
    return new Written(bytes.toByteArray(), fingerprint);
  }

  private Value read(byte[] bytes, Fingerprint expected) {
    return ValueContent.read(
        MemorySegment.ofArray(bytes), expected, Path.of("artifact"), memory, HeldMatrix::new);
  }

  private DenseMatrix dense(double... cells) {
    DenseMatrix matrix = DenseMatrix.allocate(memory, 2, cells.length / 2);
    for (int i = 0; i < cells.length; i++) {
      matrix.set(i / matrix.cols(), i % matrix.cols(), cells[i]);
    }
    return matrix;
  }

  private SparseMatrix sparse() {
    SparseMatrix matrix = SparseMatrix.allocate(memory, 3, 5, 2);
    matrix.setStart(0, 0);
    matrix.setStart(1, 1);
    matrix.setStart(2, 1);
    matrix.setStart(3, 2);
    matrix.set(0, 4, 7.5);
    matrix.set(1, 0, -1);
    return matrix;
  }

  private static Frame frame() {
    return new Frame(
        2,
        List.of("name", "size"),
        List.of(ColumnType.STRING, ColumnType.DOUBLE),
        List.of(new String[] {"a", null}, new double[] {1.5, -0.0}));
  }

  private Value everything() {
    double oddNan = Double.longBitsToDouble(0x7ff8000000001234L);
    return new ListValue(
        List.of("m", "s", "f", "l"),
        List.of(
            new HeldMatrix(dense(1, -0.0, oddNan, Double.NEGATIVE_INFINITY)),
            new HeldMatrix(sparse()),
            frame(),
            new ListValue(
                List.of(),
                List.of(Scalar.of("ü"), Scalar.of(3), Scalar.of(true), Scalar.absent()))));
  }

  @Test
  void everyKindOfValueComesBackBitByBit() throws IOException {
    Value before = everything();
    Written written = write(before);
    ListValue after = (ListValue) read(written.bytes, written.fingerprint);
    // The same bytes again: nothing was lost on the way, not even the payload of a NaN.
    assertThat(write(after).bytes).isEqualTo(written.bytes);
    assertThat(after.names()).containsExactly("m", "s", "f", "l");
    MatrixOperand cells = ((HeldMatrix) after.elements().get(0)).cells();
    assertThat(1 / cells.get(0, 1)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(((HeldMatrix) after.elements().get(1)).cells()).isInstanceOf(SparseMatrix.class);
    assertThat(((Frame) after.elements().get(2)).isMissing(1, 0)).isTrue();
    assertThat(((ListValue) after.elements().get(3)).elements().getFirst())
        .isEqualTo(Scalar.of("ü"));
    before.release();
    after.release();
  }

  @Test
  void equalValuesHaveEqualFingerprintsAndOthersHaveNot() throws IOException {
    Value one = new HeldMatrix(dense(1, 2, 3, 4));
    Value same = new HeldMatrix(dense(1, 2, 3, 4));
    Value other = new HeldMatrix(dense(1, 2, 3, 5));
    assertThat(write(one).fingerprint).isEqualTo(write(same).fingerprint);
    assertThat(write(one).fingerprint).isNotEqualTo(write(other).fingerprint);
    assertThat(write(Scalar.of(1)).fingerprint).isNotEqualTo(write(Scalar.of(1.0)).fingerprint);
    assertThat(ValueContent.fingerprint(one, MatrixValue::pinHost))
        .isEqualTo(write(one).fingerprint);
    assertThat(write(one).fingerprint.digits()).matches("[0-9a-f]{32}");
    one.release();
    same.release();
    other.release();
  }

  @Test
  void everyChangedBitIsNoticedAndNothingStaysOpen() throws IOException {
    Value value = everything();
    Written written = write(value);
    value.release();
    for (int bit = 0; bit < 8 * written.bytes.length; bit++) {
      byte[] changed = written.bytes.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> read(changed, written.fingerprint))
          .as("bit %d", bit)
          .isInstanceOf(FormatException.class);
    }
  }

  @Test
  void rubbishAndTruncatedContentAreNoticed() throws IOException {
    Value value = everything();
    Written written = write(value);
    value.release();
    for (int length = 0; length < written.bytes.length; length++) {
      byte[] start = Arrays.copyOf(written.bytes, length);
      Fingerprint claimed =
          new Fingerprint(written.fingerprint.high(), written.fingerprint.low(), length);
      assertThatThrownBy(() -> read(start, claimed)).isInstanceOf(FormatException.class);
      assertThatThrownBy(() -> read(start, written.fingerprint))
          .isInstanceOf(FormatException.class);
    }
    Random random = new Random(5);
    for (int i = 0; i < 2_000; i++) {
      byte[] rubbish = new byte[1 + random.nextInt(100)];
      random.nextBytes(rubbish);
      rubbish[0] = (byte) "SMFL".charAt(i % 4);
      assertThatThrownBy(() -> read(rubbish, new Fingerprint(1, 2, rubbish.length)))
          .isInstanceOf(FormatException.class);
    }
  }
}
