package dev.reprise.runtime;

import dev.reprise.runtime.operation.Operation;

/** One operation's code on one device; a pure function. See {@link Device#execute}. */
@FunctionalInterface
public interface Kernel {
  /**
   * Runs the operation to its end.
   *
   * @param operation opcode and attributes
   * @param inputs operands in the order of the opcode's parameters, pinned by the caller
   * @param context memory and threads for the kernel
   * @return one operand per output, owned by the caller, never an input itself; null where a kernel
   *     passes and another one is to do it
   * @throws OperandException for values that the operation does not accept
   * @throws ResourceException when memory runs out; nothing stays allocated then
   */
  Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context);
}
