package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.R10;
import static dev.reprise.runtime.cpu.code.Assembler.R11;
import static dev.reprise.runtime.cpu.code.Assembler.R12;
import static dev.reprise.runtime.cpu.code.Assembler.R8;
import static dev.reprise.runtime.cpu.code.Assembler.RAX;
import static dev.reprise.runtime.cpu.code.Assembler.RBP;
import static dev.reprise.runtime.cpu.code.Assembler.RBX;
import static dev.reprise.runtime.cpu.code.Assembler.RCX;
import static dev.reprise.runtime.cpu.code.Assembler.RDI;
import static dev.reprise.runtime.cpu.code.Assembler.RDX;
import static dev.reprise.runtime.cpu.code.Assembler.RSI;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F38;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_66;

/**
 * The machine code of {@link BucketSorting#order}: of four keys of a small bucket at a time, how
 * many go before each, which is its place in the bucket. No jump depends on what is compared. A
 * larger bucket is copied when it is in order, and noted when it is not. A function of the System V
 * calling convention that is given where its arguments are.
 */
final class BucketRanksCode {
  // Places of the arguments, counted in longs.
  static final int PAIRS = 0;
  static final int ORDERED = 1;

  /** Where each bucket ends, in bytes of keys, from the first one on. */
  static final int ENDS = 2;

  static final int BEGIN = 3;
  static final int BUCKETS = 4;

  /** Where a begin and an end go for each bucket that is left; what is behind the last one. */
  static final int NOTES = 5;

  /** Of the lanes of four keys those behind the first, the second, the third, the fourth. */
  static final int BEHIND = 6;

  /** Likewise those before. */
  static final int BEFORE = BEHIND + 16;

  /** Where the ranks of four keys lie in between. */
  static final int RANKS = BEFORE + 16;

  static final int ARGUMENTS = RANKS + 4;

  /** Keys of a bucket that is not noted. */
  static final int MOST_KEYS = 64;

  /** Which of four keys a lane has, as pairs are taken apart; and which lane has one. */
  static final int[] LANES = {0, 2, 1, 3};

  private static final int FOUR = LANES.length;

  private static final int ENDS_LEFT = RSI;
  private static final int BUCKETS_LEFT = RDX;
  private static final int FROM = RCX;
  private static final int END = RBX;
  private static final int HERE = RBP;
  private static final int OTHER = R12;
  private static final int OF_PAIRS = R8;
  private static final int OF_ORDERED = R10;
  private static final int SPARE = R11;
  private static final int[] SAVED = {RBX, RBP, R12};

  // Vector registers.
  private static final int KEY = 0;
  private static final int OTHER_KEY = 1;
  private static final int RANK = 2;
  private static final int FOUND = 3;

  private static final int LOWER_OF_PAIRS = 0x14;
  private static final int AND = 0x54;
  private static final int OR = 0x56;
  private static final int SIGNS = 0x50;
  private static final int IS_GREATER = 0x37;
  private static final int ADD_WHOLE = 0xD4;
  private static final int SUBTRACT_WHOLE = 0xFB;
  private static final int SHIFT = 0x73;
  private static final int SHIFT_LEFT = 6;

  private final Assembler to = new Assembler(true);

  private BucketRanksCode() {}

  static byte[] code() {
    return new BucketRanksCode().write();
  }

  private static Address argument(int place) {
    return Address.of(RDI, place * Long.BYTES);
  }

  private byte[] write() {
    for (int register : SAVED) {
      to.push(register);
    }
    to.load(OF_PAIRS, argument(PAIRS));
    to.load(OF_ORDERED, argument(ORDERED));
    to.load(ENDS_LEFT, argument(ENDS));
    to.load(FROM, argument(BEGIN));
    to.load(BUCKETS_LEFT, argument(BUCKETS));
    int bucket = to.here();
    to.load(END, Address.of(ENDS_LEFT));
    to.compare(FROM, END);
    int isEmpty = to.jumpIfZero();
    to.address(SPARE, Address.of(FROM, MOST_KEYS * Long.BYTES));
    to.compare(SPARE, END);
    int isSmall = to.jumpUnlessBelow();
    writeLarge();
    int done = to.jump();
    to.landHere(isSmall);
    writeSmall();
    to.landHere(done);
    to.landHere(isEmpty);
    to.move(FROM, END);
    to.addNumber(ENDS_LEFT, Long.BYTES);
    to.decrement(BUCKETS_LEFT);
    to.jumpBackUnlessZero(bucket);
    for (int i = SAVED.length - 1; i >= 0; i--) {
      to.pop(SAVED[i]);
    }
    to.zero(RAX);
    to.returnToCaller();
    return to.bytes();
  }

  /** A key so many behind a place, with what goes with it. */
  private static Address pair(int place, int behind) {
    return Address.of(OF_PAIRS, place, 2).plus(behind * 2 * Long.BYTES);
  }

  private void writeSmall() {
    to.move(HERE, FROM);
    int four = to.here();
    to.loadVector(KEY, pair(HERE, 0));
    to.loadVector(OTHER_KEY, pair(HERE, 2));
    whole(LOWER_OF_PAIRS, KEY, KEY, OTHER_KEY);
    to.clear(RANK);
    writeEarlier();
    writeSame();
    writeLater();
    whole(SHIFT, SHIFT_LEFT, RANK, RANK);
    to.control(3);
    to.storeVector(argument(RANKS), RANK);
    int[] ends = new int[FOUR];
    for (int key = 0; key < FOUR; key++) {
      to.load(RAX, argument(RANKS + LANES[key]));
      to.add(RAX, HERE);
      to.load(SPARE, pair(HERE, 0).plus(Long.BYTES));
      to.store(Address.of(OF_ORDERED, RAX, 1), SPARE);
      to.addNumber(HERE, Long.BYTES);
      to.compare(HERE, END);
      ends[key] = to.jumpIfZero();
    }
    to.jumpBack(four);
    for (int end : ends) {
      to.landHere(end);
    }
  }

  /** A key that is larger than one of these goes before what has been counted with it. */
  private void writeEarlier() {
    to.move(OTHER, FROM);
    to.compare(OTHER, HERE);
    int none = to.jumpIfZero();
    int next = to.here();
    to.broadcast(OTHER_KEY, pair(OTHER, 0));
    greater(FOUND, OTHER_KEY, KEY);
    whole(ADD_WHOLE, RANK, RANK, FOUND);
    to.addNumber(OTHER, Long.BYTES);
    to.compare(OTHER, HERE);
    to.jumpBackUnlessZero(next);
    to.landHere(none);
  }

  /** The four themselves; those behind the bucket's end are not less than any. */
  private void writeSame() {
    for (int key = 0; key < FOUR; key++) {
      to.broadcast(OTHER_KEY, pair(HERE, key));
      greater(FOUND, OTHER_KEY, KEY);
      to.vector(MAP_0F, PREFIX_66, true, AND, FOUND, FOUND, argument(BEHIND + FOUR * key));
      whole(ADD_WHOLE, RANK, RANK, FOUND);
      greater(FOUND, KEY, OTHER_KEY);
      to.vector(MAP_0F, PREFIX_66, true, AND, FOUND, FOUND, argument(BEFORE + FOUR * key));
      whole(SUBTRACT_WHOLE, RANK, RANK, FOUND);
    }
  }

  private void writeLater() {
    to.address(OTHER, Address.of(HERE, FOUR * Long.BYTES));
    int next = to.here();
    to.compare(OTHER, END);
    int none = to.jumpUnlessBelow();
    to.broadcast(OTHER_KEY, pair(OTHER, 0));
    greater(FOUND, KEY, OTHER_KEY);
    whole(SUBTRACT_WHOLE, RANK, RANK, FOUND);
    to.addNumber(OTHER, Long.BYTES);
    to.jumpBack(next);
    to.landHere(none);
  }

  private void writeLarge() {
    to.clear(FOUND);
    to.move(HERE, FROM);
    to.broadcast(KEY, pair(HERE, 0));
    int next = to.here();
    to.broadcast(OTHER_KEY, pair(HERE, 0));
    greater(KEY, KEY, OTHER_KEY);
    whole(OR, FOUND, FOUND, KEY);
    whole(OR, KEY, OTHER_KEY, OTHER_KEY);
    to.load(SPARE, pair(HERE, 0).plus(Long.BYTES));
    to.store(Address.of(OF_ORDERED, HERE, 1), SPARE);
    to.addNumber(HERE, Long.BYTES);
    to.compare(HERE, END);
    to.jumpBackUnlessZero(next);
    whole(SIGNS, RAX, 0, FOUND);
    to.test(RAX);
    int isOrdered = to.jumpIfZero();
    to.load(SPARE, argument(NOTES));
    to.store(Address.of(SPARE), FROM);
    to.store(Address.of(SPARE, Long.BYTES), END);
    to.addNumber(SPARE, 2 * Long.BYTES);
    to.store(argument(NOTES), SPARE);
    to.landHere(isOrdered);
  }

  private void greater(int result, int one, int other) {
    to.vector(MAP_0F38, PREFIX_66, true, IS_GREATER, result, one, other);
  }

  private void whole(int opcode, int result, int one, int other) {
    to.vector(MAP_0F, PREFIX_66, true, opcode, result, one, other);
  }
}
