// The TaskOutput as its description says, in Zod: exactly these keys, in camel case, and none besides.
const { readFileSync } = require('node:fs');
const { z } = require('zod');

const paths = z.array(z.string().min(1));
const TaskOutput = z
  .object({
    taskId: z.string().uuid(),
    agentName: z.string(),
    status: z.enum(['complete', 'blocked', 'failed', 'needs_approval']),
    completedAt: z.string().datetime(),
    filesChanged: paths,
    filesCreated: paths.optional(),
    filesDeleted: paths.optional(),
    testsAdded: paths.optional(),
    testsPassed: z.boolean().optional(),
    testCoverage: z.number().min(0).max(100).optional(),
    nextTaskId: z.string().uuid().optional(),
    dependencies: z.array(z.string().uuid()).optional(),
    blockers: z.array(z.string()).optional(),
    errorDetails: z
      .object({
        type: z.string(),
        message: z.string(),
        stackTrace: z.string(),
        component: z.string(),
        severity: z.enum(['low', 'medium', 'high', 'critical']),
      })
      .strict()
      .optional(),
    rollbackRequired: z.boolean(),
    rollbackSteps: z.array(z.string()).optional(),
    approvalNeeded: z.boolean(),
    approvalReason: z.string().optional(),
    riskLevel: z.enum(['low', 'medium', 'high', 'critical']).optional(),
    summary: z.string(),
    notes: z.string().optional(),
    knowledgeStored: z.boolean().optional(),
    learnings: z.array(z.string()).optional(),
  })
  .strict();

const output = TaskOutput.parse(JSON.parse(readFileSync(process.argv[2], 'utf8')));
if (output.status === 'failed' && !output.errorDetails) throw new Error('failed without errorDetails');
if (output.status === 'blocked' && !output.blockers) throw new Error('blocked without blockers');
console.log(`a TaskOutput: ${output.status}, ${Object.keys(output).length} keys`);
