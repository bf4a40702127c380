import * as z from "zod";

const visualContent = z.object({ title: z.string().min(1), body: z.string().optional() });

/** The form of a notification that may be posted. */
export const notification = z.object({
  targetHostName: z.string().min(1).max(253),
  appNotificationId: z.string().min(1).max(128).optional(),
  groupName: z.string().max(128).optional(),
  expirationDateTime: z.iso.datetime({ offset: true }).optional(),
  displayTimeToLive: z.coerce.number().int().min(0).max(2592000).optional(),
  priority: z.enum(["None", "High", "Low"]).default("High"),
  payload: z.object({ rawContent: z.string().min(1).optional(), visualContent: visualContent.optional() }),
  targetPolicy: z
    .object({ platformTypes: z.array(z.enum(["windows", "ios", "android", "webpush"])).min(1) })
    .optional(),
});

export type Notification = z.infer<typeof notification>;
