package dev.reprise.language.program;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import dev.reprise.runtime.Scalar;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a procedure or a sequence of blocks does, as 128 bits that are the same in every process:
 * the XXH3-128 of its instructions.
 *
 * <p>Slots count by the order in which they are mentioned, constants by their value; names of
 * variables and positions do not count. A called function counts by its name only: whoever relies
 * on a fingerprint also compares those of the functions that were called.
 */
public final class ProgramFingerprint {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);
  private final List<Scalar> constants;
  private final Map<Integer, Integer> order = new HashMap<>();

  private ProgramFingerprint(List<Scalar> constants) {
    this.constants = constants;
  }

  /** The fingerprint of a whole procedure: parameters with defaults, results, body. */
  public static Key of(Procedure procedure) {
    ProgramFingerprint fingerprint = new ProgramFingerprint(procedure.constants());
    try {
      fingerprint.procedure(procedure);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return fingerprint.digest();
  }

  /** The fingerprint of a sequence of blocks of a procedure with these constants. */
  public static Key of(List<Block> blocks, List<Scalar> constants) {
    ProgramFingerprint fingerprint = new ProgramFingerprint(constants);
    try {
      fingerprint.blocks(blocks);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return fingerprint.digest();
  }

  private Key digest() {
    return ContentHash.of(bytes.toByteArray());
  }

  private void procedure(Procedure procedure) throws IOException {
    out.writeInt(procedure.parameters().size());
    for (Procedure.Parameter parameter : procedure.parameters()) {
      text(parameter.type().name());
      operand(parameter.slot());
    }
    out.writeInt(procedure.results().size());
    for (Procedure.Result result : procedure.results()) {
      text(result.type().name());
      operand(result.slot());
    }
    for (Procedure.Parameter parameter : procedure.parameters()) {
      optional(parameter.defaultValue());
    }
    blocks(procedure.body());
  }

  private void blocks(List<Block> blocks) throws IOException {
    out.writeInt(blocks.size());
    for (Block block : blocks) {
      block(block);
    }
  }

  private void block(Block block) throws IOException {
    if (block instanceof Block.Straight straight) {
      out.writeByte('s');
      instructions(straight.instructions());
    } else if (block instanceof Block.If choice) {
      out.writeByte('i');
      code(choice.predicate());
      blocks(choice.then());
      blocks(choice.otherwise());
    } else if (block instanceof Block.While loop) {
      out.writeByte('w');
      code(loop.predicate());
      blocks(loop.body());
    } else if (block instanceof Block.For loop) {
      out.writeByte('f');
      counted(loop);
    } else {
      parallel((Block.ParFor) block);
    }
  }

  private void parallel(Block.ParFor loop) throws IOException {
    out.writeByte('p');
    out.writeInt(loop.options().size());
    for (Map.Entry<String, Block.Code> option : loop.options().entrySet()) {
      text(option.getKey());
      code(option.getValue());
    }
    counted(loop.loop());
    operands(loop.results());
    operands(loop.readResults());
  }

  private void counted(Block.For loop) throws IOException {
    operand(loop.variable());
    code(loop.from());
    code(loop.to());
    optional(loop.step());
    blocks(loop.body());
  }

  private void optional(Block.Code code) throws IOException {
    out.writeBoolean(code != null);
    if (code != null) {
      code(code);
    }
  }

  private void code(Block.Code code) throws IOException {
    instructions(code.instructions());
    operand(code.operand());
  }

  private void instructions(List<Instruction> instructions) throws IOException {
    out.writeInt(instructions.size());
    for (Instruction instruction : instructions) {
      instruction(instruction);
      outputs(instruction.outputs());
      outputs(instruction.releases());
    }
  }

  private void outputs(int[] slots) throws IOException {
    out.writeInt(slots.length);
    for (int slot : slots) {
      if (slot < 0) {
        out.writeByte('-');
      } else {
        operand(slot);
      }
    }
  }

  private void instruction(Instruction instruction) throws IOException {
    if (instruction instanceof Instruction.Compute compute) {
      compute(compute);
    } else if (instruction instanceof Instruction.Copy copy) {
      out.writeByte('=');
      operand(copy.from());
    } else {
      call((Instruction.Call) instruction);
    }
  }

  private void compute(Instruction.Compute compute) throws IOException {
    out.writeByte('o');
    int seen = BlockAccess.seenSlot(compute);
    if (seen >= 0) {
      // Its attribute is a slot number, which says nothing in another procedure.
      text(compute.operation().name());
      operand(seen);
    } else {
      out.writeLong(compute.operation().fingerprintHigh());
      out.writeLong(compute.operation().fingerprintLow());
    }
    operands(compute.inputs());
    instructions(List.copyOf(compute.plain()));
  }

  private void call(Instruction.Call call) throws IOException {
    out.writeByte('c');
    text(call.function());
    out.writeInt(call.arguments().size());
    for (Instruction.Argument argument : call.arguments()) {
      text(argument.name() == null ? "" : argument.name());
      operand(argument.operand());
    }
  }

  private void operands(int[] operands) throws IOException {
    out.writeInt(operands.length);
    for (int operand : operands) {
      operand(operand);
    }
  }

  private void operand(int operand) throws IOException {
    if (operand >= 0) {
      out.writeByte('v');
      out.writeInt(order.computeIfAbsent(operand, _ -> order.size()));
    } else {
      constant(constants.get(~operand));
    }
  }

  private void constant(Scalar scalar) throws IOException {
    out.writeByte('k');
    text(scalar.type().name());
    switch (scalar.type()) {
      case DOUBLE -> out.writeLong(Double.doubleToLongBits(scalar.asDouble()));
      case INTEGER, BOOLEAN -> out.writeLong(scalar.asLong());
      case STRING -> text(scalar.asString());
      default -> out.writeLong(0);
    }
  }

  private void text(String text) throws IOException {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_16BE);
    out.writeInt(encoded.length);
    out.write(encoded);
  }
}
