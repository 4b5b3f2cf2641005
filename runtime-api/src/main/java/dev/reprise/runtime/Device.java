package dev.reprise.runtime;

import dev.reprise.runtime.operation.Operation;

/**
 * Executes operations: the CPU, a CUDA GPU, an OpenCL device. Thread-safe unless it says otherwise.
 */
public interface Device {

  /**
   * {@return the name that options and reports use: {@code cpu}, {@code cuda:0}, {@code opencl:0}}
   */
  String name();

  /**
   * Whether the device has a kernel.
   *
   * @param operation opcode and attributes
   * @return true when it can execute the operation
   */
  boolean supports(Operation operation);

  /**
   * Runs one operation to its end.
   *
   * @param operation opcode and attributes; with the operands all that the result depends on
   * @param inputs operands in the order of the opcode's parameters, pinned by the caller
   * @param context memory and threads for the kernel
   * @return one operand per output, owned by the caller; never an input itself
   * @throws OperandException for values that the operation does not accept
   * @throws ResourceException when memory runs out; nothing stays allocated then
   */
  Operand[] execute(Operation operation, Operand[] inputs, ExecutionContext context);
}
