package dev.reprise.lineage;

import static dev.reprise.lineage.RandomTraces.literal;
import static dev.reprise.lineage.RandomTraces.operation;
import static org.assertj.core.api.Assertions.assertThat;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Operation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LineageKeyTest {
  private static final LineageItem X =
      LineageItem.leaf(operation("read", "fingerprint", "0123"), "X.csv");

  private static Key keyOf(Scalar literal) {
    return LineageItem.literal(literal).key();
  }

  /** As made by another program from docs/lineage.md, with XXH3 and MurmurHash3 of its own. */
  @Test
  void keysAreWhatThePageSays() {
    LineageItem product = LineageItem.of(operation("matmul"), X, literal(2));
    assertThat(
            Stream.of(
                    literal(1),
                    LineageItem.literal(Scalar.of(1.0)),
                    LineageItem.literal(Scalar.of(true)),
                    LineageItem.literal(Scalar.of("a")),
                    LineageItem.literal(Scalar.absent()),
                    X,
                    LineageItem.of(operation("tsmm"), X),
                    product,
                    LineageItem.of(operation("ifelse"), X, product, literal(3)),
                    LineageItem.of(operation("cbind"), X, X, X, product, literal(4)))
                .map(item -> item.key().toString()))
        .containsExactly(
            "c0546591a4a1668b68225c4e01afc80f",
            "dc16b400f699f272947f2fcff47c1e29",
            "bf71cbccf7a3a454581d1852383184d4",
            "c8744538e78a237e2b13fda82e92d0f4",
            "d232793746d3e87c4dcdd581ee9bf502",
            "c2f59b2291209b105b159296195d6f2b",
            "1e13a2e1626b5d3422499fae346ddbba",
            "31ee384906f5222c03e7e709e0088708",
            "dee45dc65132b88ece37686b9d27a459",
            "fd61712b34ba2dd09d5503b2869456b2");
  }

  @Test
  void aKeyIsTheMurmurHashOfFingerprintAndInputKeys() {
    LineageItem two = literal(2);
    Operation matmul = operation("matmul");
    ByteBuffer blocks = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
    blocks.putLong(matmul.fingerprintHigh()).putLong(matmul.fingerprintLow());
    blocks.putLong(X.keyHigh()).putLong(X.keyLow()).putLong(two.keyHigh()).putLong(two.keyLow());
    HashValue128 expected = Hashing.murmur3_128().hashBytesTo128Bits(blocks.array());
    Key key = LineageItem.of(matmul, X, two).key();
    assertThat(Set.of(key.high(), key.low()))
        .isEqualTo(Set.of(expected.getMostSignificantBits(), expected.getLeastSignificantBits()));
  }

  @Test
  void literalsOfDifferentTypeOrValueDiffer() {
    List<Scalar> literals =
        List.of(
            Scalar.of(1L),
            Scalar.of(1.0),
            Scalar.of(true),
            Scalar.of("1"),
            Scalar.of("TRUE"),
            Scalar.of(0L),
            Scalar.of(0.0),
            Scalar.of(-0.0),
            Scalar.of(false),
            Scalar.of(""),
            Scalar.absent(),
            Scalar.of(Double.NaN),
            Scalar.of(Double.doubleToLongBits(1.0)),
            Scalar.of("\ud800"),
            Scalar.of("\ud801"),
            Scalar.of("?"));
    assertThat(literals.stream().map(LineageKeyTest::keyOf)).doesNotHaveDuplicates();
  }

  @Test
  void allNotANumbersAreOneLiteral() {
    assertThat(keyOf(Scalar.of(Double.longBitsToDouble(0x7ff8000000000123L))))
        .isEqualTo(keyOf(Scalar.of(Double.NaN)));
  }

  @Test
  void aSourceIsItsContentNotItsName() {
    Operation read = operation("read", "fingerprint", "0123");
    Key key = LineageItem.leaf(read, "a.csv").key();
    assertThat(key).isEqualTo(LineageItem.leaf(read, "b.csv").key());
    assertThat(key).isEqualTo(LineageItem.of(read).key());
    assertThat(key)
        .isNotEqualTo(LineageItem.leaf(operation("read", "fingerprint", "0124"), "a.csv").key());
  }

  @Test
  void orderGroupingNumberAndAttributesMatter() {
    Operation plus = operation("+");
    Operation list = operation("list");
    LineageItem a = literal(1);
    LineageItem b = literal(2);
    LineageItem c = literal(3);
    Key[] keys = {
      LineageItem.of(plus, a, b).key(),
      LineageItem.of(plus, b, a).key(),
      LineageItem.of(plus, LineageItem.of(plus, a, b), c).key(),
      LineageItem.of(plus, a, LineageItem.of(plus, b, c)).key(),
      LineageItem.of(plus, LineageItem.of(plus, a, c), b).key(),
      LineageItem.of(list).key(),
      LineageItem.of(list, a).key(),
      LineageItem.of(list, a, a).key(),
      LineageItem.of(list, a, a, a).key(),
      LineageItem.of(list, a, a, a, a).key(),
      LineageItem.of(list, a, a, a, b).key(),
      LineageItem.of(list, a, a, b, a).key(),
      LineageItem.of(list, LineageItem.of(list, a)).key(),
      LineageItem.of(operation("list", "name.0", "a"), a).key(),
      LineageItem.of(operation("list", "name.0", "b"), a).key(),
    };
    assertThat(keys).doesNotHaveDuplicates();
  }

  @Test
  void oneChangedBitOfAnInputChangesHalfTheKey() {
    Operation cbind = operation("cbind");
    Random random = new Random(1);
    int trials = 2000;
    long[] flips = new long[128];
    for (int trial = 0; trial < trials; trial++) {
      long value = random.nextLong();
      int bit = random.nextInt(64);
      int place = random.nextInt(5);
      LineageItem[] inputs = new LineageItem[5];
      for (int i = 0; i < 5; i++) {
        inputs[i] = literal(value + i);
      }
      LineageItem before = LineageItem.of(cbind, inputs);
      inputs[place] = literal((value + place) ^ (1L << bit));
      LineageItem after = LineageItem.of(cbind, inputs);
      for (int i = 0; i < 64; i++) {
        flips[i] += ((before.keyHigh() ^ after.keyHigh()) >>> i) & 1;
        flips[64 + i] += ((before.keyLow() ^ after.keyLow()) >>> i) & 1;
      }
    }
    // Binomial with standard deviation 22.4; six of them never happen by chance.
    for (long flip : flips) {
      assertThat(flip).isBetween(trials / 2 - 135L, trials / 2 + 135L);
    }
  }

  @Test
  void aMillionRandomItemsHaveDifferentKeys() {
    Random random = new Random(2);
    Operation[] operations = {operation("+"), operation("*"), operation("matmul"), operation("-")};
    LineageItem[] items = new LineageItem[1_000_000];
    Set<Long> structures = new HashSet<>();
    Set<Key> keys = new HashSet<>();
    int made = 0;
    while (made < items.length) {
      if (made < 1000) {
        items[made] = literal(made);
        keys.add(items[made++].key());
        continue;
      }
      int operation = random.nextInt(operations.length);
      int a = random.nextInt(made);
      int b = random.nextInt(made);
      if (structures.add(((long) operation << 60) | ((long) a << 30) | b)) {
        items[made] = LineageItem.of(operations[operation], items[a], items[b]);
        keys.add(items[made++].key());
      }
    }
    assertThat(keys).hasSize(items.length);
  }

  @Test
  void equalStructuresMadeTwiceHaveEqualKeys() {
    for (long seed = 0; seed < 200; seed++) {
      LineageItem once = new RandomTraces(seed).next(300);
      LineageItem again = new RandomTraces(seed).next(300);
      assertThat(once.key()).as("seed %d", seed).isEqualTo(again.key());
      StructureCheck.verify(once, again);
    }
  }

  @Test
  void theKeyDoesNotDependOnWhoAsksFirst() {
    for (long seed = 0; seed < 50; seed++) {
      LineageItem fromTop = new RandomTraces(seed).next(200);
      LineageItem fromBottom = new RandomTraces(seed).next(200);
      Trace order = Trace.of(new RandomTraces(seed).next(200));
      assertThat(order.output().key()).isEqualTo(fromTop.key());
      for (int i = 0; i < fromBottom.inputCount(); i++) {
        fromBottom.input(i).key();
      }
      assertThat(fromBottom.key()).as("seed %d", seed).isEqualTo(fromTop.key());
    }
  }
}
