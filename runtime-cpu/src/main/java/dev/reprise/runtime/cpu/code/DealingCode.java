package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.R10;
import static dev.reprise.runtime.cpu.code.Assembler.R11;
import static dev.reprise.runtime.cpu.code.Assembler.R8;
import static dev.reprise.runtime.cpu.code.Assembler.R9;
import static dev.reprise.runtime.cpu.code.Assembler.RAX;
import static dev.reprise.runtime.cpu.code.Assembler.RCX;
import static dev.reprise.runtime.cpu.code.Assembler.RDI;
import static dev.reprise.runtime.cpu.code.Assembler.RDX;
import static dev.reprise.runtime.cpu.code.Assembler.RSI;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F38;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_66;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_F2;

/**
 * The machine code of {@link BucketSorting} that counts and deals: the buckets of four keys are
 * computed together, then each key is taken by itself. Functions of the System V calling convention
 * that are given where their arguments are.
 */
final class DealingCode {
  /** What is done with each key. */
  enum Kind {
    /** Its bucket's count goes up. */
    COUNT,
    /** It goes to its bucket with the cell of its row. */
    DEAL_CELLS,
    /** It goes to its bucket with the number of its row. */
    DEAL_POSITIONS
  }

  // Places of the arguments, counted in longs.
  static final int KEYS = 0;
  static final int CELLS = 1;

  /** Bytes before the next key of each bucket, or the bytes that it has so far. */
  static final int BUCKETS = 2;

  /** Where pairs of keys and what goes with them are dealt to, of twice as many bytes as keys. */
  static final int PAIRS = 3;

  static final int FOURS = 4;

  /** Keys behind the fours; their mask is {@link #MASK}. */
  static final int REST = 5;

  static final int MASK = 6;

  /** All bits but the sign. */
  static final int MAGNITUDE_BITS = 10;

  static final int LEAST = 11;
  static final int SCALE = 12;
  static final int LAST_BUCKET = 13;

  /** The number of the first row, and the one from a row to the next. */
  static final int POSITION = 14;

  static final int ONE = 15;

  /** Where the places of four buckets lie in between. */
  static final int PLACES = 16;

  static final int ARGUMENTS = PLACES + 4;

  /** Chunks of the keys that are dealt at the same time, each with counts of its own. */
  static final int CHUNKS = 4;

  // Places of the arguments of the code that turns counts into starts.
  static final int COUNTS = 0;
  static final int CHUNK_BYTES = 1;
  static final int BUCKET_COUNT = 2;
  static final int START_ARGUMENTS = 3;

  // Vector registers.
  private static final int KEY = 0;
  private static final int BUCKET = 1;
  private static final int ZERO = 2;
  private static final int MAGNITUDE = 3;
  private static final int LEAST_NUMBER = 4;
  private static final int BUCKETS_PER_NUMBER = 5;
  private static final int LAST = 6;
  private static final int NUMBER_OF_ROW = 7;
  private static final int ONE_ROW = 8;
  private static final int KEPT = 9;

  private static final int LOAD = 0x10;
  private static final int STORE = 0x11;
  private static final int AND = 0x54;
  private static final int FLIP_BITS = 0x57;
  private static final int ADD = 0x58;
  private static final int MULTIPLY = 0x59;
  private static final int SUBTRACT = 0x5C;
  private static final int LESSER = 0x5D;
  private static final int IS_GREATER = 0x37;
  private static final int WIDEN_WHOLE = 0x25;
  private static final int SHIFT = 0x73;
  private static final int SHIFT_LEFT = 6;
  private static final int TRUNCATE = 0xE6;

  private final Assembler to = new Assembler(true);
  private final Kind kind;

  private DealingCode(Kind kind) {
    this.kind = kind;
  }

  static byte[] of(Kind kind) {
    return new DealingCode(kind).write();
  }

  private static Address argument(int place) {
    return Address.of(RDI, place * Long.BYTES);
  }

  private byte[] write() {
    to.load(R8, argument(KEYS));
    to.load(R9, argument(CELLS));
    to.load(R10, argument(BUCKETS));
    to.load(R11, argument(PAIRS));
    to.load(RDX, argument(FOURS));
    to.clear(ZERO);
    to.broadcast(MAGNITUDE, argument(MAGNITUDE_BITS));
    to.broadcast(LEAST_NUMBER, argument(LEAST));
    to.broadcast(BUCKETS_PER_NUMBER, argument(SCALE));
    to.broadcast(LAST, argument(LAST_BUCKET));
    one(LOAD, NUMBER_OF_ROW, 0, argument(POSITION));
    one(LOAD, ONE_ROW, 0, argument(ONE));
    to.test(RDX);
    int few = to.jumpIfZero();
    int next = to.here();
    to.loadVector(KEY, Address.of(R8));
    writePlaces();
    for (int lane = 0; lane < 4; lane++) {
      writeKey(lane);
    }
    to.addNumber(R8, 4 * Long.BYTES);
    to.addNumber(R9, 4 * Double.BYTES);
    to.decrement(RDX);
    to.jumpBackUnlessZero(next);
    to.landHere(few);
    writeRest();
    to.zero(RAX);
    to.returnToCaller();
    return to.bytes();
  }

  private void writeRest() {
    to.load(RDX, argument(REST));
    to.test(RDX);
    int none = to.jumpIfZero();
    to.loadVector(KEPT, argument(MASK));
    to.loadMasked(KEY, KEPT, Address.of(R8));
    writePlaces();
    int[] ends = new int[3];
    for (int lane = 0; lane < ends.length; lane++) {
      writeKey(lane);
      to.decrement(RDX);
      ends[lane] = to.jumpIfZero();
    }
    for (int end : ends) {
      to.landHere(end);
    }
    to.landHere(none);
  }

  /** The places of the buckets of four keys, in bytes: (number - least) * scale, cut. */
  private void writePlaces() {
    to.vector(MAP_0F38, PREFIX_66, true, IS_GREATER, BUCKET, ZERO, KEY);
    whole(AND, BUCKET, BUCKET, MAGNITUDE);
    whole(FLIP_BITS, BUCKET, BUCKET, KEY);
    whole(SUBTRACT, BUCKET, BUCKET, LEAST_NUMBER);
    whole(MULTIPLY, BUCKET, BUCKET, BUCKETS_PER_NUMBER);
    whole(LESSER, BUCKET, BUCKET, LAST);
    whole(TRUNCATE, BUCKET, 0, BUCKET);
    to.vector(MAP_0F38, PREFIX_66, true, WIDEN_WHOLE, BUCKET, 0, BUCKET);
    whole(SHIFT, SHIFT_LEFT, BUCKET, BUCKET);
    to.control(3);
    to.storeVector(argument(PLACES), BUCKET);
  }

  private void writeKey(int lane) {
    to.load(RAX, argument(PLACES + lane));
    to.load(RCX, Address.of(R10, RAX, 1));
    if (kind != Kind.COUNT) {
      to.load(RSI, Address.of(R8, lane * Long.BYTES));
      to.store(Address.of(R11, RCX, 2), RSI);
      Address with = Address.of(R11, RCX, 2).plus(Long.BYTES);
      if (kind == Kind.DEAL_CELLS) {
        to.load(RSI, Address.of(R9, lane * Double.BYTES));
        to.store(with, RSI);
      } else {
        one(STORE, NUMBER_OF_ROW, 0, with);
        to.vector(MAP_0F, PREFIX_F2, false, ADD, NUMBER_OF_ROW, NUMBER_OF_ROW, ONE_ROW);
      }
    }
    to.addNumber(RCX, Long.BYTES);
    to.store(Address.of(R10, RAX, 1), RCX);
  }

  private void one(int opcode, int register, int other, Address place) {
    to.vector(MAP_0F, PREFIX_F2, false, opcode, register, other, place);
  }

  private void whole(int opcode, int result, int one, int other) {
    to.vector(MAP_0F, PREFIX_66, true, opcode, result, one, other);
  }

  /** Turns the counts of all chunks into where their keys begin: bucket by bucket, in order. */
  static byte[] ofStarts() {
    int[] counts = {R8, R9, R10, R11};
    Assembler to = new Assembler(true);
    to.load(R8, argument(COUNTS));
    for (int chunk = 1; chunk < CHUNKS; chunk++) {
      to.move(counts[chunk], counts[chunk - 1]);
      to.add(counts[chunk], argument(CHUNK_BYTES));
    }
    to.load(RDX, argument(BUCKET_COUNT));
    to.zero(RAX);
    int bucket = to.here();
    for (int count : counts) {
      to.load(RCX, Address.of(count));
      to.store(Address.of(count), RAX);
      to.add(RAX, RCX);
      to.addNumber(count, Long.BYTES);
    }
    to.decrement(RDX);
    to.jumpBackUnlessZero(bucket);
    to.zero(RAX);
    to.returnToCaller();
    return to.bytes();
  }
}
